namespace Runtime.Audit;

/// <summary>How much is kept, and how promptly it is written. Immutable.</summary>
public sealed record AuditOptions
{
    /// <summary>Bytes of records that are kept; the oldest whole segments go first, and the rest stays verifiable.</summary>
    public long MostBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long an event nobody waits for may be in memory alone.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How old the last checkpoint may be when something is written.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Events that may wait to be written; more are counted and told as lost.</summary>
    public int MostWaiting { get; init; } = 8192;
}
