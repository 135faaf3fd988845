namespace Models.Routing.Execution;

/// <summary>What became of one question to a model: what was decided, why, and what came of it. Holds nothing of what was said. Immutable.</summary>
/// <param name="At">When it began.</param>
/// <param name="Decision">The first decision.</param>
/// <param name="Why">What made it the class it is.</param>
/// <param name="Attempts">Every call, in the order of their ends.</param>
public sealed record RouteRecord(DateTimeOffset At, RoutingDecision Decision, IReadOnlyList<string> Why, IReadOnlyList<AttemptRecord> Attempts)
{
    /// <summary>Its own name, twelve digits of base 16; null in records that were not written down.</summary>
    public string? Id { get; init; }

    /// <summary>The run it was a step of, or null.</summary>
    public string? Run { get; init; }

    /// <summary>The conversation, or null.</summary>
    public string? Conversation { get; init; }

    /// <summary>Why a better one was looked for than whoever answered last; null where none was.</summary>
    public string? Escalation { get; init; }

    /// <summary>Why no better one was asked though one was looked for; null otherwise.</summary>
    public string? Limit { get; init; }

    /// <summary>Why there was no answer; null where there was one.</summary>
    public string? Refusal { get; init; }
}
