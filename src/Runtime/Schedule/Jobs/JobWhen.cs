using System.Buffers;
using System.Globalization;

namespace Runtime.Schedule.Jobs;

/// <summary>Times as people and models write them.</summary>
public static class JobWhen
{
    // A leap day is at most eight years away.
    private const int MostDays = 8 * 366;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>What can be written, for help and errors.</summary>
    public const string Help = "an ISO time, \"in 20m\", \"at 18:00\", \"tomorrow 8:30\", \"monday 9:00\", \"3rd 9:00\", \"december 24 9:00\", \"every 30m\", or a cron expression";

    /// <summary>
    /// A schedule from one text: <c>in 20m</c> (or <c>in 1h30m</c>, <c>in 20 minutes</c>), <c>every 2h</c> (or <c>2h</c>), the next time that it is <c>at 18:00</c>, <c>tomorrow 8:30</c> or
    /// <c>monday 9:00</c>, the <c>3rd 9:00</c> of a month or <c>december 24 9:00</c>, an ISO 8601 time, or a cron expression.
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

    // A day's words and a time of day, as clocks show it from 0:00 to 23:59.
    private static DateTimeOffset? Clock(string text, string? zone, DateTimeOffset now)
    {
        if (text.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [.. var words, var clock]) return null;
        if (words is [.. var said, "at"] && said.Length > 0) words = said;
        if (words.Length is not (1 or 2) || !TimeOnly.TryParseExact(clock, ["H:mm", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return null;
        var zones = Timing.TimeZones.Find(zone);
        var today = TimeZoneInfo.ConvertTime(now, zones).Date;
        for (var days = 0; days <= MostDays; days++)
        {
            var day = today.AddDays(days);
            if (!IsMeant(words, day, days)) continue;
            var local = day + time.ToTimeSpan();
            var moment = new DateTimeOffset(local, zones.GetUtcOffset(local));
            if (moment > now) return moment;
        }
        return null;
    }

    private static bool IsMeant(string[] words, DateTime day, int days) => words switch
    {
        ["at" or "today"] => days <= 1,
        ["tomorrow"] => days == 1,
        [var word] when DayOfMonth(word) is { } date => day.Day == date,
        [var word] => days <= 7 && word.Equals($"{day.DayOfWeek}", StringComparison.OrdinalIgnoreCase),
        [var month, var word] => month.Equals(day.ToString("MMMM", CultureInfo.InvariantCulture), StringComparison.OrdinalIgnoreCase) && $"{day.Day}" == word,
        _ => false,
    };

    // 3 of 3rd; null where it is none.
    private static int? DayOfMonth(string word) =>
        word.Length > 2 && word[^2..] is "st" or "nd" or "rd" or "th" && int.TryParse(word[..^2], NumberStyles.None, CultureInfo.InvariantCulture, out var date) ? date : null;

    private static JobSchedule At(DateTimeOffset at) => new("at") { At = at.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture) };

    // Counts and their units: 20m, 1h30m, 2 hours 5 minutes. Null where it is something else.
    private static TimeSpan? Span(string text)
    {
        var seconds = 0.0;
        var rest = text.ToLowerInvariant().AsSpan().Trim();
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count is not (> 0 and < 1e6)) return null;
            rest = rest[digits..].TrimStart();
            var letters = rest.IndexOfAnyExceptInRange('a', 'z');
            if (letters < 0) letters = rest.Length;
            var unit = rest[..letters] switch { "s" or "sec" or "secs" or "second" or "seconds" => 1, "m" or "min" or "mins" or "minute" or "minutes" => 60, "h" or "hr" or "hrs" or "hour" or "hours" => 3600, "d" or "day" or "days" => 86400, _ => 0 };
            if (unit == 0) return null;
            seconds += count * unit;
            rest = rest[letters..].TrimStart();
        }
        return seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
    }
}
