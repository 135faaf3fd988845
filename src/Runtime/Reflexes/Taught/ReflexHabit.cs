namespace Runtime.Reflexes.Taught;

/// <summary>What came of a message that a model answered. Immutable.</summary>
/// <param name="Text">What the owner said.</param>
/// <param name="Answer">What was answered.</param>
/// <param name="SessionKey">The conversation.</param>
internal sealed record ReflexHabit(string Text, string Answer, string SessionKey)
{
    /// <summary>The tool of the one call, or null where none was called.</summary>
    public string? Tool { get; init; }

    /// <summary>The call's arguments, JSON.</summary>
    public string Arguments { get; init; } = "{}";
}
