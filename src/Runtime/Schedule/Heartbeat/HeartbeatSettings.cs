using Runtime.Schedule.Timing;

namespace Runtime.Schedule.Heartbeat;

/// <summary>When and how much an agent does by itself. Immutable.</summary>
public sealed record HeartbeatSettings
{
    /// <summary>From one look at HEARTBEAT.md to the next; zero for never.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>When the day of heartbeats begins; null for midnight.</summary>
    public TimeOnly? ActiveFrom { get; init; }

    /// <summary>When it ends, which may be after midnight; null for midnight.</summary>
    public TimeOnly? ActiveTo { get; init; }

    /// <summary>The zone of these hours; null for the machine's own.</summary>
    public string? Zone { get; init; }

    /// <summary>Tokens, read and written, after which an agent's heartbeats rest until the next day.</summary>
    public long TokensPerDay { get; init; } = 100_000;

    /// <summary>The time on the clocks that are meant.</summary>
    /// <exception cref="ScheduleException">There is no such zone.</exception>
    public DateTime Local(DateTimeOffset now) => TimeZoneInfo.ConvertTime(now, TimeZones.Find(Zone)).DateTime;

    /// <summary>True within the active hours.</summary>
    public bool IsActive(DateTime local)
    {
        var (from, to, at) = (ActiveFrom ?? TimeOnly.MinValue, ActiveTo ?? TimeOnly.MinValue, TimeOnly.FromDateTime(local));
        return from == to || (from < to ? at >= from && at < to : at >= from || at < to);
    }
}
