namespace Runtime.Mcp;

/// <summary>What a server may use, and how much of it is taken. Immutable.</summary>
public sealed record McpLimits
{
    /// <summary>Tools of one server, the first of them.</summary>
    public const int MostTools = 128;

    /// <summary>Calls that may wait for their turn at one server.</summary>
    public const int MostWaiting = 32;

    /// <summary>Messages that answer nothing, since the last one that did.</summary>
    public const int MostUnasked = 1000;

    /// <summary>How long a server may take to say who it is and which tools it has.</summary>
    public static readonly TimeSpan Start = TimeSpan.FromSeconds(30);

    /// <summary>After how long without a call a program is ended; the next call starts it again.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(15);

    /// <summary>The longest wait after failures; each one in a row doubles it, from a second.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>How long a call may take.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Calls at once.</summary>
    public int Calls { get; init; } = 4;

    /// <summary>Largest message from it, bytes.</summary>
    public int Message { get; init; } = 4 << 20;

    /// <summary>Memory of a program, bytes.</summary>
    public long Memory { get; init; } = 1L << 30;

    /// <summary>Processes and threads of a program.</summary>
    public int Processes { get; init; } = 128;

    /// <summary>Starts within an hour.</summary>
    public int Starts { get; init; } = 20;
}
