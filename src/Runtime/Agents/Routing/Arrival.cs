namespace Runtime.Agents.Routing;

/// <summary>How something came that an agent may answer. Immutable.</summary>
public sealed record Arrival
{
    /// <summary>The channel; null for the gateway's own clients.</summary>
    public string? Channel { get; init; }

    /// <summary>Which of the box's accounts on that channel.</summary>
    public string? Account { get; init; }

    /// <summary>The conversation there, as the channel names it.</summary>
    public string? Peer { get; init; }

    /// <summary>Who wrote it, where it is not the owner.</summary>
    public string? Person { get; init; }

    /// <summary>The hook's name.</summary>
    public string? Hook { get; init; }

    /// <summary>True where others read along.</summary>
    public bool IsGroup { get; init; }

    /// <summary>True where it names the agent.</summary>
    public bool IsMentioned { get; init; }

    /// <summary>True where no person wrote it just now: a job, a heartbeat, a hook, another agent.</summary>
    public bool IsScheduled { get; init; }
}
