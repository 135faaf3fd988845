namespace Runtime.Sessions;

/// <summary>What a person set for a session. Immutable.</summary>
public sealed record SessionSettings
{
    /// <summary>Its name, or null.</summary>
    public string? Label { get; init; }

    /// <summary>The model that answers in it; null for the default one.</summary>
    public string? Model { get; init; }

    /// <summary>The agent that answers in it for the one whose session it is; null for that one itself.</summary>
    public string? HandedTo { get; init; }

    /// <summary>A folder to show it in, or null.</summary>
    public string? Category { get; init; }

    /// <summary>Shown first.</summary>
    public bool Pinned { get; init; }

    /// <summary>Put away.</summary>
    public bool Archived { get; init; }

    /// <summary>Holds something its owner has not seen.</summary>
    public bool Unread { get; init; }
}
