namespace Runtime.Schedule.Jobs;

/// <summary>What became of a job so far. Immutable.</summary>
public sealed record JobState
{
    /// <summary>Slots up to here are dealt with, Unix milliseconds; it goes back where the clock does.</summary>
    public long CursorMs { get; init; }

    /// <summary>Stretches all of whose slots have run: none of them runs again, whatever the clock does. The newest last.</summary>
    public IReadOnlyList<SlotSpan> Ran { get; init; } = [];

    /// <summary>The run that is under way, or null.</summary>
    public string? RunningId { get; init; }

    /// <summary>When that began, Unix milliseconds.</summary>
    public long? RunningAtMs { get; init; }

    /// <summary>When it last began to run.</summary>
    public long? LastRunAtMs { get; init; }

    /// <summary><c>ok</c>, <c>error</c> or <c>skipped</c>; null before the first run.</summary>
    public string? LastStatus { get; init; }

    /// <summary>Why the last run failed or was left out.</summary>
    public string? LastError { get; init; }

    /// <summary>What became of the last answer.</summary>
    public string? LastDelivery { get; init; }

    /// <summary>Why it was not delivered.</summary>
    public string? LastDeliveryError { get; init; }

    /// <summary>How long the last run took.</summary>
    public long? LastDurationMs { get; init; }

    /// <summary>Runs in a row that failed.</summary>
    public int ConsecutiveErrors { get; init; }

    /// <summary>When the last slot is tried again, or null.</summary>
    public long? RetryAtMs { get; init; }

    /// <summary>That slot; null where somebody had asked for the run.</summary>
    public long? RetrySlotMs { get; init; }

    /// <summary>Which try the last run was, from 1.</summary>
    public int Attempt { get; init; }
}

/// <summary>A stretch of slots.</summary>
/// <param name="From">Its first, Unix milliseconds.</param>
/// <param name="To">Its last.</param>
public sealed record SlotSpan(long From, long To);
