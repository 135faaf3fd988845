using Models.Budget;
using Models.Generation;
using Models.Store;

namespace Models.Catalogue;

/// <summary>Reads this machine: its memory, its disk, and how fast it is.</summary>
public static class MachineAdvice
{
    /// <summary>What of the catalogue this machine could run, the best choice first.</summary>
    /// <param name="models">Its models.</param>
    /// <param name="memory">Its memory, or what is supposed of it.</param>
    /// <param name="cancellation">Stops it.</param>
    public static Task<IReadOnlyList<ModelAdvice>> MakeAsync(IModelHost models, MemorySnapshot memory, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(ModelAdvice.For(memory, Disk.FreeSpace(models.Store.Home), null));
    }
}
