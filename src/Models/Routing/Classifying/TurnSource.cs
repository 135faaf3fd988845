namespace Models.Routing.Classifying;

/// <summary>Where a turn comes from. Immutable.</summary>
public sealed record TurnSource
{
    /// <summary>The agent, or null.</summary>
    public string? Agent { get; init; }

    /// <summary>The person, or null for the owner.</summary>
    public string? Person { get; init; }

    /// <summary>The channel, or null.</summary>
    public string? Channel { get; init; }

    /// <summary>The conversation, by which its next question is known; null for one alone.</summary>
    public string? Conversation { get; init; }

    /// <summary>True where whoever answered last did not do it well enough.</summary>
    public bool TryHarder { get; init; }

    /// <summary>What the conversation was found to hold before: nothing takes it away again.</summary>
    public DataClass Taint { get; init; }
}
