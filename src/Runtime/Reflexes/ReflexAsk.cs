using Runtime.Agents;

namespace Runtime.Reflexes;

/// <summary>What was said, and by whom. Immutable.</summary>
/// <param name="Agent">Whom it was said to.</param>
/// <param name="Text">What was said.</param>
internal sealed record ReflexAsk(Agent Agent, string Text)
{
    /// <summary>Who said it; null for the owner.</summary>
    public string? Person { get; init; }

    /// <summary>True where the schedule says it, not a person: what is due is told, and nothing is done.</summary>
    public bool IsDue { get; init; }

    /// <summary>The tools that may be called for who said it.</summary>
    public required Func<string, bool> HasTool { get; init; }
}
