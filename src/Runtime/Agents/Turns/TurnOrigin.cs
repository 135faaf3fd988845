using Runtime.Sessions;

namespace Runtime.Agents.Turns;

/// <summary>How a message comes, and what becomes of it. Immutable.</summary>
public sealed record TurnOrigin : MessageOrigin
{
    /// <summary>From the owner, by one of the gateway's own clients.</summary>
    public static TurnOrigin Owner { get; } = new();

    /// <summary>What becomes of it while another turn runs.</summary>
    public QueueMode Mode { get; init; }

    /// <summary>True where who says it may answer for the owner what waits for an approval.</summary>
    public bool MayApprove { get; init; }

    /// <summary>True where a person said it, here and now, in words of their own.</summary>
    internal bool IsPerson => this is { Channel: null, SpawnedBy: null, Depth: 0, IsTainted: false, IsBackground: false };

    /// <summary>What is kept with the message; null for the owner's own.</summary>
    internal MessageOrigin? Kept => this with { Mode = default, MayApprove = false } == Owner ? null : this;

    /// <summary>As it was kept.</summary>
    public static TurnOrigin Of(MessageOrigin? kept) => kept is null ? Owner : new()
    {
        Channel = kept.Channel,
        Person = kept.Person,
        SpawnedBy = kept.SpawnedBy,
        Depth = kept.Depth,
        IsTainted = kept.IsTainted,
        IsBackground = kept.IsBackground,
    };
}
