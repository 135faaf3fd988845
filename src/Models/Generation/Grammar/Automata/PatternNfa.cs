namespace Models.Generation.Grammar.Automata;

/// <summary>
/// Thompson's construction: a non-deterministic automaton of a pattern. <c>^</c> and <c>$</c> are empty transitions that may be
/// taken only before the first and after the last code point.
/// </summary>
internal sealed class PatternNfa
{
    private const int AtStart = -1;

    private readonly List<(Kind Kind, CodePointSet? Set, int First, int Second)> _states = [];
    private readonly WorkBudget _budget;
    private readonly int _start;

    /// <summary>Builds it.</summary>
    /// <exception cref="GrammarException">The budget is spent.</exception>
    public PatternNfa(Pattern pattern, WorkBudget budget)
    {
        _budget = budget;
        _start = Add(pattern, AddState(Kind.Accept));
    }

    private enum Kind
    {
        Consume,
        Split,
        Start,
        End,
        Accept,
    }

    /// <summary>The sets of code points that it tells apart.</summary>
    public IEnumerable<CodePointSet> Sets => _states.Where(state => state.Set is not null).Select(state => state.Set!).Distinct();

    /// <summary>The deterministic automaton by subsets, over classes of code points that each lie wholly in or out of every set.</summary>
    public StateGraph Determinize(int[] classStarts, WorkBudget budget)
    {
        var member = Sets.ToDictionary(set => set, set => Array.ConvertAll(classStarts, set.Contains));
        var marks = new int[_states.Count];
        var mark = 0;
        var pending = new Stack<int>();
        List<int> found = [];

        // Follows empty transitions from the pending states; what remains are the states that consume, accept or wait for the end.
        int[] Close(bool atStart, bool atEnd)
        {
            mark++;
            found.Clear();
            while (pending.TryPop(out var state))
            {
                if (marks[state] == mark)
                    continue;
                marks[state] = mark;
                var (kind, _, first, second) = _states[state];
                if (kind == Kind.Split)
                {
                    pending.Push(first);
                    pending.Push(second);
                }
                else if (kind == Kind.Start ? atStart : kind == Kind.End && atEnd)
                    pending.Push(first);
                else if (kind != Kind.Start)
                    found.Add(state);
            }
            found.Sort();
            return [.. found];
        }

        int[]? Step(int[] set, int symbol)
        {
            foreach (var state in set.AsSpan(set[0] == AtStart ? 1 : 0))
            {
                if (_states[state].Set is { } consumed && member[consumed][symbol])
                    pending.Push(_states[state].First);
            }
            var next = Close(atStart: false, atEnd: false);
            return next.Length == 0 ? null : next;
        }

        bool IsAccepting(int[] set)
        {
            var isEmptyText = set[0] == AtStart;
            foreach (var state in isEmptyText ? [_start] : set)
                pending.Push(state);
            return Array.Exists(Close(atStart: isEmptyText, atEnd: true), state => _states[state].Kind == Kind.Accept);
        }

        // The start is a state of its own, for there alone a ^ may follow a $.
        pending.Push(_start);
        return StateGraph.Explore([AtStart, .. Close(atStart: true, atEnd: false)], classStarts.Length, Step, IsAccepting, budget);
    }

    // Each construct is built backwards, from the state that follows it.
    private int Add(Pattern pattern, int next)
    {
        _budget.Spend(1);
        switch (pattern)
        {
            case Pattern.Class(var set):
                return AddState(Kind.Consume, set, next);
            case Pattern.Start:
                return AddState(Kind.Start, null, next);
            case Pattern.End:
                return AddState(Kind.End, null, next);
            case Pattern.Sequence(var items):
                for (var i = items.Count - 1; i >= 0; i--)
                    next = Add(items[i], next);
                return next;
            case Pattern.Choice(var items):
                // No alternative at all matches nothing.
                var choice = items.Count == 0 ? AddState(Kind.Consume, CodePointSet.Of(), next) : Add(items[^1], next);
                for (var i = items.Count - 2; i >= 0; i--)
                    choice = AddState(Kind.Split, null, Add(items[i], next), choice);
                return choice;
            case Pattern.Repeat(var body, var minimum, var maximum):
                if (maximum is { } most)
                {
                    var after = next;
                    for (var i = minimum; i < most; i++)
                        next = AddState(Kind.Split, null, Add(body, next), after);
                }
                else
                {
                    var loop = AddState(Kind.Split, null, 0, next);
                    _states[loop] = (Kind.Split, null, Add(body, loop), next);
                    next = loop;
                }
                for (var i = 0; i < minimum; i++)
                {
                    var before = _states.Count;
                    next = Add(body, next);
                    if (_states.Count == before)
                        break; // the body is empty, and a billion times empty is still empty
                }
                return next;
            default:
                throw new InvalidOperationException($"{pattern} is no pattern.");
        }
    }

    private int AddState(Kind kind, CodePointSet? set = null, int first = 0, int second = 0)
    {
        _budget.Spend(16);
        _states.Add((kind, set, first, second));
        return _states.Count - 1;
    }
}
