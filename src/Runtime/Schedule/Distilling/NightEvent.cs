namespace Runtime.Schedule.Distilling;

/// <summary>What was done for an agent's memory.</summary>
/// <param name="AgentId">Whose it is.</param>
/// <param name="Person">Whose part of it; null for everybody's.</param>
/// <param name="Ts">When it began, Unix milliseconds.</param>
/// <param name="Status"><c>done</c>, <c>skipped</c> or <c>failed</c>.</param>
public sealed record NightEvent(string AgentId, string? Person, long Ts, string Status)
{
    /// <summary>Why it was skipped or failed.</summary>
    public string? Reason { get; init; }

    /// <summary>Days that were distilled.</summary>
    public int Days { get; init; }

    /// <summary>Notes that went into the archive.</summary>
    public int Archived { get; init; }

    /// <summary>Tokens it read and wrote.</summary>
    public long Tokens { get; init; }
}
