using Runtime.Schedule.Timing;

namespace Runtime.Tests.Schedule.Timing;

/// <summary>What cron's rules say, minute by minute and without any cleverness: what <see cref="CronExpression"/> is held against.</summary>
internal static class MinuteWalk
{
    public static List<DateTimeOffset> Find(CronExpression cron, DateTimeOffset start, TimeZoneInfo zone, int days)
    {
        var fields = cron.Text.Split(' ');
        var found = new List<DateTimeOffset>();
        var seen = new HashSet<DateTime>();
        // What was on the clock's face within the last day has been.
        for (var minute = start.AddDays(-1); minute <= start; minute = minute.AddMinutes(1)) seen.Add(Face(minute));
        for (var minute = start.AddMinutes(1); minute <= start.AddDays(days); minute = minute.AddMinutes(1))
        {
            var (face, before) = (Face(minute), Face(minute.AddMinutes(-1)));
            var isDue = Matches(fields, face) && (cron.IsRhythm || !seen.Contains(face));
            // The faces that were jumped over.
            if (!cron.IsRhythm)
                for (var skipped = before.AddMinutes(1); skipped < face; skipped = skipped.AddMinutes(1)) isDue |= Matches(fields, skipped);
            seen.Add(face);
            if (isDue) found.Add(minute);
        }
        return found;

        DateTime Face(DateTimeOffset minute) => TimeZoneInfo.ConvertTime(minute, zone).DateTime;
    }

    private static bool Matches(string[] fields, DateTime face)
    {
        if (!Has(fields[0], face.Minute, 0) || !Has(fields[1], face.Hour, 0) || !Has(fields[3], face.Month, 1)) return false;
        var (day, weekday) = (Has(fields[2], face.Day, 1), Has(fields[4], (int)face.DayOfWeek, 0));
        return fields[2] == "*" ? weekday : fields[4] == "*" ? day : day || weekday;
    }

    private static bool Has(string field, int value, int least) => field.Split(',').Any(part =>
        part == "*" || (part.StartsWith("*/", StringComparison.Ordinal) ? (value - least) % int.Parse(part[2..]) == 0
            : part.Split('-') is [var from, var to] ? value >= int.Parse(from) && value <= int.Parse(to) : int.Parse(part) == value));
}
