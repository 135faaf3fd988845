using System.Globalization;

namespace Runtime.Schedule.Jobs;

/// <summary>Times as people and models write them.</summary>
public static class JobWhen
{
    /// <summary>What can be written, for help and errors.</summary>
    public const string Help = "an ISO time, \"in 20m\", \"at 18:00\", \"tomorrow 8:30\", \"monday 9:00\", \"every 30m\", or a cron expression";

    /// <summary>
    /// A schedule from one text: <c>in 20m</c>, <c>every 2h</c> (or <c>2h</c>), the next time that it is <c>at 18:00</c>, <c>tomorrow 8:30</c> or
    /// <c>monday 9:00</c>, an ISO 8601 time, or a cron expression.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="zone">The zone of a cron expression, and of a time that names none; null for the machine's own.</param>
    /// <param name="now">The time now.</param>
    /// <exception cref="ScheduleException">It is none of them.</exception>
    public static JobSchedule Parse(string text, string? zone, DateTimeOffset now)
    {
        var plain = text.Trim();
        if (plain.StartsWith("in ", StringComparison.OrdinalIgnoreCase) && Span(plain[3..]) is { } wait) return At(now + wait);
        if (Clock(plain, zone, now) is { } time) return At(time);
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

    // The day's word and a time of day, as clocks show it from 0:00 to 23:59.
    private static DateTimeOffset? Clock(string text, string? zone, DateTimeOffset now)
    {
        if (text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var word, .. var rest]) return null;
        if (rest is [var at, var last] && at.Equals("at", StringComparison.OrdinalIgnoreCase)) rest = [last];
        if (rest is not [var clock] || !TimeOnly.TryParseExact(clock, ["H:mm", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return null;
        var zones = Timing.TimeZones.Find(zone);
        var today = TimeZoneInfo.ConvertTime(now, zones).Date;
        for (var days = 0; days <= 7; days++)
        {
            var day = today.AddDays(days);
            var isMeant = word.ToLowerInvariant() switch { "at" or "today" => true, "tomorrow" => days == 1, var name => name.Equals($"{day.DayOfWeek}", StringComparison.OrdinalIgnoreCase) };
            if (!isMeant) continue;
            var local = day + time.ToTimeSpan();
            var moment = new DateTimeOffset(local, zones.GetUtcOffset(local));
            if (moment > now) return moment;
        }
        return null;
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
