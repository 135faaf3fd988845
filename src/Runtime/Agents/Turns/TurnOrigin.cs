namespace Runtime.Agents.Turns;

/// <summary>How a message came. Immutable.</summary>
public sealed record TurnOrigin
{
    /// <summary>From the owner, by one of the gateway's own clients.</summary>
    public static TurnOrigin Owner { get; } = new();

    /// <summary>The channel it came by (<c>telegram</c>, <c>cron</c>, …); null for the gateway's own clients.</summary>
    public string? Channel { get; init; }

    /// <summary>Who wrote it, where it is not the owner.</summary>
    public string? Person { get; init; }

    /// <summary>The session whose turn began this one; null for what came from outside.</summary>
    public string? SpawnedBy { get; init; }

    /// <summary>How many turns began each other before this one.</summary>
    public int Depth { get; init; }

    /// <summary>True where what is said may hold something private or written by others.</summary>
    public bool IsTainted { get; init; }

    /// <summary>What becomes of it while another turn runs.</summary>
    public QueueMode Mode { get; init; }

    /// <summary>True where nobody waits for the answer: whoever does comes first at the model.</summary>
    public bool IsBackground { get; init; }
}
