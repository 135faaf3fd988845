using Models.Budget;
using Models.Store;

namespace Models.Catalogue;

/// <summary>What a machine would do with a model that it does not have yet. Immutable.</summary>
/// <param name="Model">The model.</param>
/// <param name="MemoryBytes">Memory in all, with a conversation of usual length.</param>
/// <param name="ContextLength">That context, tokens; 0 where it does not fit.</param>
/// <param name="TokensPerSecond">About how fast it would answer; null where the machine was not measured.</param>
/// <param name="Obstacle">Why it cannot run here; null where it can.</param>
public sealed record ModelAdvice(CatalogueModel Model, long MemoryBytes, int ContextLength, double? TokensPerSecond, string? Obstacle)
{
    // Measured on the reference machine, two threads (2026-11-25, docs/figures.md): Qwen2.5-0.5B's shape in int4 answers 199 tokens/s, which
    // reads 55 GB of weights a second. What a machine does with the built-in model says how it compares.
    private const double ReferenceBytesPerSecond = 55e9;

    // Slower than this nobody reads along with patience.
    private const double Patience = 6;

    private const int UsualConversation = 2048;

    /// <summary>True where people would be glad of it: it fits with a usual conversation, and answers as fast as they read.</summary>
    public bool IsComfortable => Obstacle is null && ContextLength >= UsualConversation && TokensPerSecond is not < Patience;

    /// <summary>All models of the catalogue, the best choice first, those that cannot run last.</summary>
    /// <param name="machine">Its memory now.</param>
    /// <param name="freeDisk">Bytes free where models are kept.</param>
    /// <param name="speed">How this machine compares to the reference machine; null where it was not measured.</param>
    public static IReadOnlyList<ModelAdvice> For(MemorySnapshot machine, long freeDisk, double? speed) =>
        [.. ModelCatalogue.All.Select(model => Of(model, machine, freeDisk, speed)).OrderBy(advice => advice.Obstacle is not null).ThenBy(advice => !advice.IsComfortable)
            // Among those that are comfortable the largest, among the others the lightest.
            .ThenBy(advice => advice.IsComfortable ? -advice.Model.Parameters : advice.Model.Parameters)];

    private static ModelAdvice Of(CatalogueModel model, MemorySnapshot machine, long freeDisk, double? speed)
    {
        var plan = MemoryPlan.TryMake(model.Footprint, machine, new MemoryWishes());
        var memory = model.Footprint.At(Math.Min(plan?.ContextLength ?? int.MaxValue, UsualConversation));
        // The download and the model are there side by side for a time.
        var disk = model.DownloadBytes + model.WeightBytes;
        var obstacle = plan is null ? $"needs {ByteSize.Format(memory)} of memory" : freeDisk < disk ? $"needs {ByteSize.Format(disk)} of disk" : null;
        return new ModelAdvice(model, memory, plan?.ContextLength ?? 0, speed * ReferenceBytesPerSecond / model.WeightBytes, obstacle);
    }
}
