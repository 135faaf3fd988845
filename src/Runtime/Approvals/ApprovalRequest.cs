using Runtime.Tools;

namespace Runtime.Approvals;

/// <summary>Something that a person is asked about.</summary>
/// <param name="Kind"><c>exec</c> for a command, <c>plugin</c> for another tool.</param>
/// <param name="Text">All of it, safe to show (<see cref="DisplayText"/>): never cut.</param>
public sealed record ApprovalRequest(string Kind, string Text)
{
    /// <summary>What it is called, where it is neither a command nor a tool of this box.</summary>
    public string? Title { get; init; }

    /// <summary>Why it is asked about.</summary>
    public string? Warning { get; init; }

    /// <summary>The file that would run.</summary>
    public string? Program { get; init; }

    /// <summary>Where it would run.</summary>
    public string? Folder { get; init; }

    /// <summary>The tool, where it is not a command.</summary>
    public string? Tool { get; init; }

    /// <summary>The agent that wants it.</summary>
    public string? Agent { get; init; }

    /// <summary>The session it belongs to.</summary>
    public string? Session { get; init; }

    /// <summary>The turn it belongs to.</summary>
    public string? Run { get; init; }

    /// <summary>The call it belongs to.</summary>
    public string? Call { get; init; }

    /// <summary>The node that would run it; null for this machine.</summary>
    public string? Node { get; init; }

    /// <summary>What exactly is approved; null where it cannot be approved for good.</summary>
    public ApprovalBinding? Binding { get; init; }

    /// <summary>True where it may be approved for good.</summary>
    public bool MayBeAlways { get; init; }

    /// <summary>An id that the caller chose, or null.</summary>
    public string? Id { get; init; }

    /// <summary>How long the question stands.</summary>
    public TimeSpan Lifetime { get; init; } = Longest;

    private static TimeSpan Longest => TimeSpan.FromMinutes(30);

    /// <summary>A question about a call. It stands as long as the turn waits for it and no longer: a yes that comes later would be worth nothing.</summary>
    public static ApprovalRequest About(string kind, string text, ToolContext context) => new(kind, text)
    {
        Agent = context.Agent,
        Session = context.SessionKey,
        Run = context.RunId,
        Call = context.CallId,
        Lifetime = context.TimeLeft is { } left && left < Longest ? (left > TimeSpan.Zero ? left : TimeSpan.Zero) : Longest,
    };
}
