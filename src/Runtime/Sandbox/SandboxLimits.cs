namespace Runtime.Sandbox;

/// <summary>What a command may use, all its processes together where a cgroup holds them, else each of them.</summary>
public sealed record SandboxLimits
{
    /// <summary>Memory, bytes.</summary>
    public long Memory { get; init; } = 1L << 30;

    /// <summary>Processes and threads.</summary>
    public int Processes { get; init; } = 256;

    /// <summary>Processor time of each process.</summary>
    public TimeSpan Processor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Time from start to end.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The largest file one writes, bytes.</summary>
    public long File { get; init; } = 1L << 30;

    /// <summary>Output that is kept, bytes; who writes ten times as much is stopped.</summary>
    public int Output { get; init; } = 256 * 1024;

    /// <summary>True where the network is open.</summary>
    public bool HasNetwork { get; init; }
}
