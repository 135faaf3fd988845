using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Matching;

/// <summary>
/// Runs a grammar over bytes: automata for what is regular, a stack for the rest, all readings at once. Its buffers are reused, so
/// it serves one thread at a time.
/// </summary>
/// <param name="specials">By terminal: the special token that stands for it, or -1.</param>
internal sealed class PushdownMachine(int[] specials)
{
    private const int MaxUnwatched = 64;

    private readonly Stack<(GrammarNode? Node, Frame? Tail)> _work = []; // no node: the top of the tail goes on
    private readonly HashSet<(GrammarNode?, Frame?)> _seen = [];
    private int _expansions;

    /// <summary>How many readings it has stepped.</summary>
    public long Steps { get; private set; }

    /// <summary>The readings of the empty text.</summary>
    public void Begin(GrammarNode root, ConfigurationSet into) => Fill(root, null, into);

    /// <summary>The readings when everything above a stack is complete.</summary>
    public void Return(Frame? tail, ConfigurationSet into) => Fill(null, tail, into);

    /// <summary>The readings after one more byte; false where there is none.</summary>
    public bool Step(ReadOnlySpan<Configuration> from, byte value, ConfigurationSet into)
    {
        Reset(into);
        Steps += from.Length;
        foreach (ref readonly var configuration in from)
        {
            var terminal = configuration.Terminal;
            var automaton = terminal.Automaton;
            var next = automaton.Next(configuration.State, value);
            if (next == ByteAutomaton.Dead || specials[terminal.Index] >= 0 && !terminal.SpecialAnywhere)
                continue;
            var isAccepting = automaton.IsAccepting(next);
            var units = configuration.Units;
            if (configuration.State == automaton.UnitState)
            {
                if (isAccepting ? units < terminal.MinimumUnits : configuration.UnitsLeft == 0)
                    continue;
                // Without a maximum the count matters only up to the minimum.
                if (!isAccepting)
                    units = terminal.MaximumUnits == int.MaxValue ? Math.Min(units + 1, terminal.MinimumUnits) : units + 1;
            }
            if (automaton.Continues(next))
                into.Add(new(terminal, next, units, configuration.Tail));
            if (isAccepting)
                Expand(null, configuration.Tail, into);
        }
        return !into.IsDead;
    }

    /// <summary>The readings after a special token; false where there is none.</summary>
    public bool StepSpecial(ReadOnlySpan<Configuration> from, int token, ConfigurationSet into)
    {
        Reset(into);
        foreach (ref readonly var configuration in from)
        {
            if (Special(configuration) == token)
                Expand(null, configuration.Tail, into);
        }
        return !into.IsDead;
    }

    /// <summary>The special token that may come in a reading, or -1.</summary>
    public int Special(in Configuration configuration) =>
        configuration.State == 0 || configuration.Terminal.SpecialAnywhere ? specials[configuration.Terminal.Index] : -1;

    /// <summary>Whether nothing but its special token may come in a reading.</summary>
    public bool IsSpecialOnly(in Configuration configuration) => specials[configuration.Terminal.Index] >= 0 && !configuration.Terminal.SpecialAnywhere;

    private void Fill(GrammarNode? node, Frame? tail, ConfigurationSet into)
    {
        Reset(into);
        Expand(node, tail, into);
    }

    private void Reset(ConfigurationSet into)
    {
        into.Clear();
        _work.Clear();
        _expansions = 0;
        if (_seen.Count > 0)
            _seen.Clear();
    }

    // Follows calls and returns until automata are reached. Small expansions are not watched; a long one must not go in circles.
    private void Expand(GrammarNode? start, Frame? startTail, ConfigurationSet into)
    {
        _work.Push((start, startTail));
        while (_work.TryPop(out var top))
        {
            if (++_expansions > MaxUnwatched && !_seen.Add(top))
                continue;
            var (node, tail) = top;
            switch (node)
            {
                case null:
                    GoOn(tail, into);
                    break;
                case TerminalNode terminal:
                    if (terminal.Automaton.Continues(0))
                        into.Add(new(terminal, 0, 0, tail));
                    if (terminal.Automaton.IsAccepting(0))
                        _work.Push((null, tail));
                    break;
                case SequenceNode { Items.Length: 0 }:
                    _work.Push((null, tail));
                    break;
                case SequenceNode sequence:
                    _work.Push((sequence.Items[0], After(sequence, 1, tail)));
                    break;
                case ChoiceNode choice:
                    foreach (var item in choice.Items)
                        _work.Push((item, tail));
                    break;
                case RepeatNode repeat:
                    GoOn(repeat, 0, tail);
                    break;
                case RuleNode rule:
                    _work.Push((rule.Body, tail));
                    break;
            }
        }
    }

    private void GoOn(Frame? frame, ConfigurationSet into)
    {
        switch (frame?.Node)
        {
            case null:
                into.CanEnd = true;
                break;
            case SequenceNode sequence:
                _work.Push((sequence.Items[frame.Position], After(sequence, frame.Position + 1, frame.Tail)));
                break;
            case RepeatNode repeat:
                GoOn(repeat, frame.Position, frame.Tail);
                break;
        }
    }

    private void GoOn(RepeatNode repeat, int begun, Frame? tail)
    {
        if (begun >= repeat.Minimum)
            _work.Push((null, tail));
        if (begun < repeat.Maximum)
            _work.Push((repeat.Body, new(repeat, repeat.Maximum == int.MaxValue ? Math.Min(begun + 1, repeat.Minimum) : begun + 1, tail)));
    }

    // The last item of a sequence leaves no frame behind, so a rule that ends with itself does not grow the stack.
    private static Frame? After(SequenceNode sequence, int position, Frame? tail) => position == sequence.Items.Length ? tail : new(sequence, position, tail);
}
