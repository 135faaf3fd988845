using Runtime.Schedule.Heartbeat;

namespace Runtime.Schedule.Distilling;

/// <summary>When and how much of memory is put in order by itself. Immutable.</summary>
public sealed record NightSettings
{
    /// <summary>False where it never is.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>The hours in which it may be, and their zone.</summary>
    public HeartbeatSettings Hours { get; init; } = new() { ActiveFrom = new TimeOnly(3, 0), ActiveTo = new TimeOnly(6, 0) };

    /// <summary>Tokens, read and written, that an agent's memory may take a night.</summary>
    public long TokensPerNight { get; init; } = 20_000;

    /// <summary>Days after which notes that were distilled go into the archive; 0 for never.</summary>
    public int KeepDays { get; init; }
}
