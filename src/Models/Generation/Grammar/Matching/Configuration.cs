namespace Models.Generation.Grammar.Matching;

/// <summary>One way in which the bytes so far can be read: a state of an automaton, the units it has counted, and the stack.</summary>
internal readonly record struct Configuration(TerminalNode Terminal, int State, int Units, Frame? Tail)
{
    /// <summary>The units that may still begin.</summary>
    public int UnitsLeft => Terminal.MaximumUnits == int.MaxValue ? int.MaxValue : Terminal.MaximumUnits - Units;

    /// <summary>The fewest bytes from here to the end of the text.</summary>
    public int MinimumBytes =>
        GrammarNode.Sum((long)Terminal.Automaton.Distance(State) + Math.Max(0, Terminal.MinimumUnits - Units), Tail?.MinimumBytes ?? 0);
}
