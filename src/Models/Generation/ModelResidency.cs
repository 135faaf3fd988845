using Models.Budget;
using Models.Store;

namespace Models.Generation;

/// <summary>One loaded model's stay in memory: how much it may use, who uses it, when it may go. Guarded by its host's lock.</summary>
internal sealed class ModelResidency(InstalledModel installed, IDisposable model, MemoryPlan plan, int threads)
{
    public string Name => installed.Manifest.Name;

    /// <summary>An <see cref="ILanguageModel"/> or an encoder.</summary>
    public IDisposable Model { get; } = model;

    public MemoryPlan Plan { get; } = plan;

    /// <summary>Threads it was loaded with.</summary>
    public int Threads { get; } = threads;

    /// <summary>The folder it was loaded from; an install under the same name has another.</summary>
    public string Folder => installed.Folder;

    public TimeSpan KeepAlive { get; set; } = plan.KeepAlive;

    public DateTimeOffset LastUsed { get; set; }

    /// <summary>
    /// Until when it stays whatever else is said: who has just had it loaded needs a moment to begin, also where models are unloaded at
    /// once after their use.
    /// </summary>
    public DateTimeOffset GraceUntil { get; set; }

    /// <summary>Who uses it now.</summary>
    public int Leases { get; set; }

    public bool IsIdle => Leases == 0;

    /// <summary>When it may go; null while it generates or where it stays for ever.</summary>
    public DateTimeOffset? ExpiresAt =>
        !IsIdle || KeepAlive == Timeout.InfiniteTimeSpan ? null : LastUsed + KeepAlive is var end && end > GraceUntil ? end : GraceUntil;
}

/// <summary>Holds a model in memory until it is disposed.</summary>
internal sealed class ModelLease<T>(ModelHost host, ModelResidency residency) : IDisposable where T : class, IDisposable
{
    private int _disposed;

    public T Model => (T)residency.Model;

    /// <summary>How long the model stays in any case when this ends.</summary>
    public TimeSpan Grace { get; set; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) host.Release(residency, Grace);
    }
}
