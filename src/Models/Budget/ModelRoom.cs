namespace Models.Budget;

/// <summary>What this machine's memory leaves a model that is installed, whether it is loaded or would have to be. Immutable.</summary>
/// <param name="Tokens">Tokens of prompt and answer together.</param>
/// <param name="Unfit">Why it cannot be loaded, in words that follow its name; null where it can.</param>
public sealed record ModelRoom(int Tokens, string? Unfit = null)
{
    /// <summary>By what it needs, and what there is.</summary>
    public static ModelRoom For(string name, ModelFootprint footprint, MemorySnapshot machine, MemoryWishes wishes)
    {
        try { return new ModelRoom(MemoryPlan.Make(name, footprint, machine, wishes).ContextLength); }
        catch (MemoryException e) { return new ModelRoom(footprint.ContextLength, $"needs {MemoryPlan.Megabytes(e.Needed)} of memory, and {MemoryPlan.Megabytes(e.Usable)} can be used"); }
    }
}
