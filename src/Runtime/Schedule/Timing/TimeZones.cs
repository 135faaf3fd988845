namespace Runtime.Schedule.Timing;

/// <summary>Zones by their IANA names. The program brings none: they are the system's, in /usr/share/zoneinfo.</summary>
public static class TimeZones
{
    /// <summary>The zone of a name such as <c>Europe/Berlin</c>; null and empty mean the system's own.</summary>
    /// <exception cref="ScheduleException">There is none of that name, or the system has no zones at all.</exception>
    public static TimeZoneInfo Find(string? name)
    {
        if (string.IsNullOrEmpty(name)) return TimeZoneInfo.Local;
        if (name is "UTC" or "Etc/UTC" or "Z") return TimeZoneInfo.Utc;
        // A name becomes a path in the system's folder of zones.
        var isName = name.Length <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+') && name[0] != '/';
        if (isName && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;
        throw new ScheduleException(isName && !TimeZoneInfo.TryFindSystemTimeZoneById("Europe/London", out _)
            ? $"This system has no time zones, so {name} is not known. Install its package tzdata, or give times in UTC."
            : $"There is no time zone \"{name}\". Zones have names like Europe/Berlin, America/New_York or UTC.");
    }
}
