namespace Models.Generation.Grammar.Automata;

/// <summary>
/// What compiling one grammar may cost, in cells of automaton tables (four bytes and a few nanoseconds each), so that a hostile schema
/// can neither hang nor fill a small machine. Not thread-safe.
/// </summary>
internal sealed class WorkBudget
{
    private const long Cells = 5_000_000;

    private long _left = Cells;

    /// <summary>Takes some of it.</summary>
    /// <exception cref="GrammarException">It is spent.</exception>
    public void Spend(long cells)
    {
        _left -= cells;
        if (_left < 0)
            throw new GrammarException("The grammar explodes: its patterns, value lists and bounds need more automaton states than are allowed. Make its repetition counts or bounds smaller.");
    }
}
