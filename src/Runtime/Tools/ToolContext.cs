using Runtime.Tools.Files;

namespace Runtime.Tools;

/// <summary>Who calls a tool, and where. Immutable.</summary>
public sealed record ToolContext
{
    /// <summary>Id of the agent.</summary>
    public required string Agent { get; init; }

    /// <summary>The session the call belongs to.</summary>
    public required string SessionKey { get; init; }

    /// <summary>The turn it belongs to, or the caller's own id of the call.</summary>
    public required string RunId { get; init; }

    /// <summary>Id of the call; unique in its session.</summary>
    public required string CallId { get; init; }

    /// <summary>The files the agent may use.</summary>
    public required FileArea Files { get; init; }

    /// <summary>The channel that the turn came by (<c>telegram</c>, <c>cron</c>, …); null for the gateway's own clients.</summary>
    public string? Channel { get; init; }

    /// <summary>Who asked, where it is not the owner.</summary>
    public string? Person { get; init; }

    /// <summary>True where the session has read something private, or something that others wrote.</summary>
    public bool IsTainted { get; init; }

    /// <summary>How many turns began each other before this one.</summary>
    public int Depth { get; init; }

    /// <summary>How long the turn still waits for what a call does; null where the caller says when it ends.</summary>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>What the person said in this turn: an address that stands in it was not made up by anybody else.</summary>
    public string Said { get; init; } = "";

    /// <summary>The tools that the caller may call, in the order of the table; <see cref="ToolRunner"/> says.</summary>
    public IReadOnlyList<Tool> Allowed { get; init; } = [];

    /// <summary>Hears of results that are not whole yet; null where nobody listens.</summary>
    public Action<string>? Progress { get; init; }
}
