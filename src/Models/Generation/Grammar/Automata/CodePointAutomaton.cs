namespace Models.Generation.Grammar.Automata;

/// <summary>A deterministic automaton over code points; code points that it need not tell apart share a class. Immutable.</summary>
internal sealed class CodePointAutomaton
{
    private readonly int[] _classStarts; // class i begins at the i-th code point and ends before the next
    private readonly StateGraph _graph;

    private CodePointAutomaton(int[] classStarts, StateGraph graph) => (_classStarts, _graph) = (classStarts, graph);

    /// <summary>The number of states; 0 is the start.</summary>
    public int StateCount => _graph.StateCount;

    /// <summary>Accepts what the whole pattern matches.</summary>
    public static CodePointAutomaton Of(Pattern pattern, WorkBudget budget)
    {
        var nfa = new PatternNfa(pattern, budget);
        var starts = Partition([nfa]);
        return new(starts, nfa.Determinize(starts, budget));
    }

    /// <summary>
    /// Accepts texts in which each pattern matches somewhere, whose length in code points is within bounds and which are none of the
    /// excluded ones.
    /// </summary>
    public static CodePointAutomaton Search(IReadOnlyList<Pattern> patterns, int minimum, int? maximum, IReadOnlyCollection<string> excluded, WorkBudget budget)
    {
        var searches = patterns.Select(pattern => new PatternNfa(new Pattern.Sequence([Pattern.Anything, pattern, Pattern.Anything]), budget)).ToList();
        if (excluded.Count > 0)
            searches.Add(new PatternNfa(new Pattern.Choice([.. excluded.Select(Pattern.Literal)]), budget));
        var starts = Partition(searches);
        var parts = searches.Select(search => search.Determinize(starts, budget)).ToArray();
        var wanted = patterns.Count;

        // A product of the parts and a count of code points; the part of the excluded texts may die, the others may not.
        int[]? Step(int[] state, int symbol)
        {
            var next = new int[parts.Length + 1];
            for (var i = 0; i < parts.Length; i++)
            {
                next[i] = state[i] < 0 ? -1 : parts[i].Next(state[i])[symbol];
                if (next[i] < 0 && i < wanted)
                    return null;
            }
            next[^1] = maximum is null ? Math.Min(state[^1] + 1, minimum) : state[^1] + 1;
            return next[^1] > maximum ? null : next;
        }

        bool IsAccepting(int[] state) => state[^1] >= minimum
            && Enumerable.Range(0, wanted).All(i => parts[i].IsAccepting(state[i]))
            && (wanted == parts.Length || state[wanted] < 0 || !parts[wanted].IsAccepting(state[wanted]));

        return new(starts, StateGraph.Explore(new int[parts.Length + 1], starts.Length, Step, IsAccepting, budget));
    }

    /// <summary>Whether a state accepts.</summary>
    public bool IsAccepting(int state) => _graph.IsAccepting(state);

    /// <summary>The transitions of a state as sorted ranges of code points.</summary>
    public List<(int Low, int High, int To)> Edges(int state)
    {
        List<(int Low, int High, int To)> edges = [];
        var next = _graph.Next(state);
        for (var i = 0; i < next.Length; i++)
        {
            if (next[i] < 0)
                continue;
            var high = i + 1 < _classStarts.Length ? _classStarts[i + 1] - 1 : CodePointSet.Last;
            if (edges.Count > 0 && edges[^1].To == next[i] && edges[^1].High == _classStarts[i] - 1)
                edges[^1] = (edges[^1].Low, high, next[i]);
            else
                edges.Add((_classStarts[i], high, next[i]));
        }
        return edges;
    }

    /// <summary>Whether the text is accepted.</summary>
    public bool Accepts(string text)
    {
        var state = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var index = Array.BinarySearch(_classStarts, rune.Value);
            state = _graph.Next(state)[index < 0 ? ~index - 1 : index];
            if (state < 0)
                return false;
        }
        return _graph.IsAccepting(state);
    }

    private static int[] Partition(IReadOnlyCollection<PatternNfa> parts)
    {
        SortedSet<int> starts = [0];
        foreach (var (low, high) in parts.SelectMany(part => part.Sets).SelectMany(set => set.Ranges))
        {
            starts.Add(low);
            if (high < CodePointSet.Last)
                starts.Add(high + 1);
        }
        return [.. starts];
    }
}
