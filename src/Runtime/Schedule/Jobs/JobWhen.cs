using System.Globalization;

namespace Runtime.Schedule.Jobs;

/// <summary>Times as people and models write them.</summary>
public static class JobWhen
{
    /// <summary>What can be written, for help and errors.</summary>
    public const string Help = "an ISO time, \"in 20m\", \"every 30m\", or a cron expression";

    /// <summary>A schedule from one text: <c>in 20m</c>, <c>every 2h</c> (or <c>2h</c>), an ISO 8601 time, or a cron expression.</summary>
    /// <param name="text">The text.</param>
    /// <param name="zone">The zone of a cron expression, and of a time that names none; null for the machine's own.</param>
    /// <param name="now">The time now.</param>
    /// <exception cref="ScheduleException">It is none of them.</exception>
    public static JobSchedule Parse(string text, string? zone, DateTimeOffset now)
    {
        var plain = text.Trim();
        if (plain.StartsWith("in ", StringComparison.OrdinalIgnoreCase) && Span(plain[3..]) is { } wait) return At(now + wait);
        var every = plain.StartsWith("every ", StringComparison.OrdinalIgnoreCase) ? plain[6..] : plain;
        if (Span(every) is { } interval) return new JobSchedule("every") { EveryMs = (long)interval.TotalMilliseconds };
        if (plain.Contains('-') && plain.Contains(':') && DateTime.TryParse(plain, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var utc))
        {
            var isGiven = plain.EndsWith('Z') || plain.LastIndexOfAny(['+', '-']) > plain.IndexOf(':');
            return At(isGiven ? new DateTimeOffset(utc) : new DateTimeOffset(utc.Ticks, Timing.TimeZones.Find(zone).GetUtcOffset(DateTime.SpecifyKind(utc, DateTimeKind.Unspecified))));
        }
        var schedule = new JobSchedule("cron") { Expr = plain, Tz = zone };
        try { schedule.Times(); }
        catch (ScheduleException e) { throw new ScheduleException($"\"{plain}\" is none of {Help}. {e.Message}", e); }
        return schedule;
    }

    private static JobSchedule At(DateTimeOffset at) => new("at") { At = at.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture) };

    private static TimeSpan? Span(string text)
    {
        if (text.Length < 2 || !double.TryParse(text[..^1].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count is not (> 0 and < 1e6)) return null;
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => null,
        };
    }
}
