namespace Models.Generation.Grammar.Matching;

/// <summary>One way in which the bytes so far can be read: a state of an automaton, the units it has counted, and the stack.</summary>
internal readonly record struct Configuration(TerminalNode Terminal, int State, int Units, Frame? Tail)
{
    /// <summary>The units that may still begin.</summary>
    public int UnitsLeft => Terminal.MaximumUnits == int.MaxValue ? int.MaxValue : Terminal.MaximumUnits - Units;

    /// <summary>The units that must still begin.</summary>
    public int UnitsMissing => Math.Max(0, Terminal.MinimumUnits - Units);

    /// <summary>The fewest bytes from here to the end of the text.</summary>
    public int MinimumBytes =>
        GrammarNode.Sum((long)Terminal.Automaton.Distance(State) + UnitsMissing, Tail?.MinimumBytes ?? 0);

    /// <summary>The fewest bytes from here to the end of the text, by any reading.</summary>
    public static int LeastBytes(ReadOnlySpan<Configuration> readings, bool canEnd)
    {
        var least = canEnd ? 0 : int.MaxValue;
        foreach (ref readonly var reading in readings)
            least = Math.Min(least, reading.MinimumBytes);
        return least;
    }
}
