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

    /// <summary>What the conversation was found to hold before: nothing takes it away again.</summary>
    public DataClass Taint { get; init; }
}
