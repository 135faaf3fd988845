namespace Runtime.Schedule.Jobs;

/// <summary>One run of a job. Immutable.</summary>
/// <param name="Id">Its id, which is the id of its turn.</param>
/// <param name="JobId">Whose it is.</param>
/// <param name="SlotMs">The slot it is for; null where somebody asked for it.</param>
/// <param name="Attempt">Which try, from 1.</param>
/// <param name="StartedAtMs">When it was claimed, Unix milliseconds.</param>
public sealed record JobRun(string Id, string JobId, long? SlotMs, int Attempt, long StartedAtMs)
{
    /// <summary>When it ended; null while it runs.</summary>
    public long? EndedAtMs { get; init; }

    /// <summary><c>ok</c>, <c>error</c> or <c>skipped</c>; null while it runs.</summary>
    public string? Status { get; init; }

    /// <summary>Why it failed or was left out.</summary>
    public string? Error { get; init; }

    /// <summary>The beginning of what the agent answered.</summary>
    public string? Summary { get; init; }

    /// <summary>Where that was said.</summary>
    public string? SessionKey { get; init; }

    /// <summary>What became of the answer: <c>delivered</c>, <c>not-delivered</c> or <c>not-requested</c>.</summary>
    public string? Delivery { get; init; }

    /// <summary>Why it was not delivered.</summary>
    public string? DeliveryError { get; init; }
}

/// <summary>How a run ended.</summary>
/// <param name="IsOk">True where the agent answered.</param>
public sealed record JobOutcome(bool IsOk)
{
    /// <summary>Why not.</summary>
    public string? Error { get; init; }

    /// <summary>True where another try may go better.</summary>
    public bool CanRetry { get; init; }

    /// <summary>What it answered.</summary>
    public string? Summary { get; init; }

    /// <summary>Where.</summary>
    public string? SessionKey { get; init; }

    /// <summary>What became of the answer.</summary>
    public string? Delivery { get; init; }

    /// <summary>Why it was not delivered.</summary>
    public string? DeliveryError { get; init; }
}

/// <summary>Something that happened to a job.</summary>
/// <param name="Action"><c>added</c>, <c>updated</c>, <c>removed</c>, <c>started</c> or <c>finished</c>.</param>
/// <param name="Job">The job after it.</param>
/// <param name="Run">The run it is about, or null.</param>
public sealed record JobEvent(string Action, Job Job, JobRun? Run = null);
