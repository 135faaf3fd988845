namespace Runtime.Schedule.Timing;

/// <summary>
/// A cron expression: minute, hour, day of month, month, day of week, and a field of seconds before them where there are six. Lists, ranges,
/// steps, names, <c>L</c> and <c>#</c>; <c>@hourly</c> and its like.
/// <para>
/// Where clocks are changed, an expression without a star in its seconds, minutes and hours means the clock's face: a time that does not
/// exist comes once, right after the gap, and one that exists twice comes the first time alone. One with a star means hours that pass:
/// every ten minutes stays every ten minutes, through a gap and through an hour that comes again. (As Debian's cron has it.)
/// </para>
/// Immutable.
/// </summary>
public sealed class CronExpression
{
    // February 29 comes after eight years at most, where a century is no leap year.
    private const int Years = 9;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Day = TimeSpan.FromDays(1);

    private readonly CronField _seconds, _minutes, _hours;
    private readonly CronDays _days;

    private CronExpression(string text, string[] fields)
    {
        Text = text;
        _seconds = fields.Length == 6 ? CronField.Parse(fields[0], "second", 0, 59) : new CronField(1, false, false);
        var rest = fields[^5..];
        (_minutes, _hours) = (CronField.Parse(rest[0], "minute", 0, 59), CronField.Parse(rest[1], "hour", 0, 23));
        _days = new CronDays(rest[2], rest[3], rest[4]);
        IsRhythm = _seconds.HasStar || _minutes.HasStar || _hours.HasStar;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>True where it means hours that pass, false where it means the clock's face.</summary>
    public bool IsRhythm { get; }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ScheduleException">It is none, or names a day that never comes.</exception>
    public static CronExpression Parse(string text)
    {
        if (text.Length > 512) throw new ScheduleException("A cron expression has 512 characters at most.");
        var plain = text.Trim() switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            var other => other,
        };
        var fields = plain.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (5 or 6))
            throw new ScheduleException($"A cron expression has five fields (minute, hour, day of month, month, day of week), or six with seconds before them; \"{text}\" has {fields.Length}.");
        var expression = new CronExpression(text.Trim(), fields);
        if (expression.NextLocal(new DateTime(2096, 3, 1)) is null) throw new ScheduleException($"\"{text}\" names a day that never comes.");
        return expression;
    }

    /// <summary>The first time after another; null beyond the year 9000.</summary>
    /// <param name="after">The other one; fractions of a second are cut off.</param>
    /// <param name="zone">Whose clocks are meant.</param>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        if (after.UtcDateTime.Year is < 2 or > 9000) return null;
        var at = after.UtcDateTime.AddTicks(-(after.UtcDateTime.Ticks % TimeSpan.TicksPerSecond));
        var offset = zone.GetUtcOffset(at);
        var least = at + offset + Second;
        if (!IsRhythm && EndOfRepeated(at, zone) is { } end && end > least) least = end;
        // From one change of the clocks to the next.
        while (NextLocal(least) is { } local)
        {
            var when = local - offset;
            if (ClockChange.First(zone, at, offset, when) is not { } change) return new DateTimeOffset(when, TimeSpan.Zero);
            var (before, behind) = (change + offset, change + zone.GetUtcOffset(change));
            if (!IsRhythm && local < behind) return new DateTimeOffset(change, TimeSpan.Zero);
            least = !IsRhythm && before > behind ? before : behind;
            (at, offset) = (change, zone.GetUtcOffset(change));
        }
        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    // Inside hours that come for the second time: the clock's face at their end. What is in them has been already.
    private static DateTime? EndOfRepeated(DateTime at, TimeZoneInfo zone)
    {
        var earlier = zone.GetUtcOffset(at - Day);
        return ClockChange.First(zone, at - Day, earlier, at) is { } change && zone.GetUtcOffset(change) < earlier ? change + earlier : null;
    }

    private DateTime? NextLocal(DateTime least)
    {
        var (last, time) = (least.Date.AddYears(Years), least.TimeOfDay);
        for (var day = least.Date; day <= last;)
        {
            if (!_days.HasMonth(day))
            {
                (day, time) = (new DateTime(day.Year, day.Month, 1).AddMonths(1), TimeSpan.Zero);
                continue;
            }
            if (_days.Has(day) && NextTime(time) is { } found) return day + found;
            (day, time) = (day + Day, TimeSpan.Zero);
        }
        return null;
    }

    private TimeSpan? NextTime(TimeSpan least)
    {
        for (var hour = _hours.From(least.Hours); hour >= 0; hour = _hours.From(hour + 1))
        {
            var leastMinute = hour == least.Hours ? least.Minutes : 0;
            for (var minute = _minutes.From(leastMinute); minute >= 0; minute = _minutes.From(minute + 1))
            {
                var second = _seconds.From(hour == least.Hours && minute == least.Minutes ? least.Seconds : 0);
                if (second >= 0) return new TimeSpan(hour, minute, second);
            }
        }
        return null;
    }
}
