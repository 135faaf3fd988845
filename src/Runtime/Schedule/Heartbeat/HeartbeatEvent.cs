namespace Runtime.Schedule.Heartbeat;

/// <summary>What came of a heartbeat.</summary>
/// <param name="AgentId">Whose it was.</param>
/// <param name="Ts">When it began, Unix milliseconds.</param>
/// <param name="Status"><c>sent</c>, <c>ok-token</c> (nothing to say), <c>skipped</c> or <c>failed</c>.</param>
public sealed record HeartbeatEvent(string AgentId, long Ts, string Status)
{
    /// <summary>Why it was skipped or failed.</summary>
    public string? Reason { get; init; }

    /// <summary>What the owner is to see; null for nothing.</summary>
    public string? Text { get; init; }

    /// <summary>How long it took, milliseconds.</summary>
    public long DurationMs { get; init; }

    /// <summary>Tokens it read and wrote.</summary>
    public long Tokens { get; init; }
}
