using Runtime.Sessions;

namespace Runtime.Agents.Turns;

/// <summary>How a turn ended.</summary>
/// <param name="Status">Well, stopped or failed.</param>
/// <param name="Answer">The answer as it stands in the transcript; null where nothing was said.</param>
/// <param name="EndedAt">When, Unix milliseconds.</param>
public sealed record TurnResult(TurnStatus Status, SessionMessage? Answer, long EndedAt)
{
    /// <summary>For a person: why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>True where the conversation no longer fits the model's context.</summary>
    public bool IsContextExceeded { get; init; }

    /// <summary>The turn that answered, where this one joined it.</summary>
    public string? AnsweredBy { get; init; }
}

/// <summary>The ways a turn ends.</summary>
public enum TurnStatus
{
    /// <summary>The model ended its answer.</summary>
    Ok,

    /// <summary>A person stopped it.</summary>
    Aborted,

    /// <summary>It could not be answered.</summary>
    Failed,
}
