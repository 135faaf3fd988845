namespace Models.Routing.Health;

/// <summary>A call that was let through to a target. Immutable.</summary>
/// <param name="Era">The breaker's era.</param>
/// <param name="Round">The limit's round.</param>
internal sealed record CallTicket(int Era, int Round);
