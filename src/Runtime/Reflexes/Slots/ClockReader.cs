using System.Globalization;
using Runtime.Reflexes.Matching;

namespace Runtime.Reflexes.Slots;

/// <summary>
/// Reads times of day, with the day where it is said: <c>at 7:30</c>, <c>tomorrow at half past six in the morning</c>, <c>um halb acht</c>, <c>明天早上七点</c>.
/// A time without its half of the day is the next one where people count to twelve. Pure.
/// </summary>
/// <param name="lists">The language's words: <c>day</c> (0, 1, …, or a weekday's name in English), <c>part</c> (<c>am</c>, <c>pm</c>, <c>noon</c>), <c>at</c>, <c>before-hour</c>, <c>after-hour</c> (minutes), <c>oclock</c>, <c>minute-mark</c>, <c>clock</c> (<c>12:00</c>), <c>twelve-hours</c>.</param>
/// <param name="numbers">Reads numbers.</param>
internal sealed class ClockReader(WordLists lists, NumberReader numbers)
{
    /// <summary>The next time that stands at a place, and the word behind it; null where there is none.</summary>
    /// <param name="tokens">What was said.</param>
    /// <param name="at">The place.</param>
    /// <param name="end">Where to stop.</param>
    /// <param name="now">The time now, as the clock on the wall says it.</param>
    public (DateTime Value, int End)? Read(IReadOnlyList<Token> tokens, int at, int end, DateTime now)
    {
        string? day = null, part = null;
        (int Hour, int Minute, bool IsSure)? clock = null;
        var found = at;
        while (at < end)
        {
            if (day is null && lists["day"].Find(tokens, at, end) is { } named) (day, found) = (named.Value, named.End);
            else if (part is null && lists["part"].Find(tokens, at, end) is { } half) (part, found) = (half.Value, half.End);
            else if (clock is null && Clock(tokens, at, end) is { } told) (clock, found) = ((told.Hour, told.Minute, told.IsSure), told.End);
            else if (lists["at"].Find(tokens, at, end) is { } filler)
            {
                at = filler.End;
                // "At 7" is a time; 7 alone may be anything.
                if (clock is null && at < end && Clock(tokens, at, end, isTime: true) is { } after) (clock, found) = ((after.Hour, after.Minute, after.IsSure), after.End);
                else continue;
            }
            else break;
            at = found;
        }
        return clock is { } time && Next(day, part, time.Hour, time.Minute, time.IsSure, now) is { } next ? (next, found) : null;
    }

    /// <summary>As the schedule takes it.</summary>
    public static string Write(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    private (int Hour, int Minute, bool IsSure, int End)? Clock(IReadOnlyList<Token> tokens, int at, int end, bool isTime = false)
    {
        if (lists["clock"].Find(tokens, at, end) is { } whole && Split(whole.Value) is { } noon) return (noon.Hour, noon.Minute, true, whole.End);
        if (tokens[at].Kind == TokenKind.Number && Split(tokens[at].Key) is { } written)
            return (written.Hour, written.Minute, written.Hour is 0 or > 12 || tokens[at].Key[0] == '0', lists["oclock"].Find(tokens, at + 1, end)?.End ?? at + 1);
        var before = lists["before-hour"].Find(tokens, at, end);
        if (numbers.Read(tokens, before?.End ?? at, end) is not { Value: >= 0 and <= 24 } hour || hour.Value != Math.Floor(hour.Value)) return null;
        var (minute, next) = (before is { } shift ? Number(shift.Value) : 0, hour.End);
        if (lists["oclock"].Find(tokens, next, end) is { } mark)
        {
            (isTime, next) = (true, mark.End);
            if (before is null && numbers.Read(tokens, next, end) is { Value: >= 0 and < 60 } minutes && minutes.Value == Math.Floor(minutes.Value))
                (minute, next) = ((int)minutes.Value, lists["minute-mark"].Find(tokens, minutes.End, end)?.End ?? minutes.End);
        }
        if (before is null && lists["after-hour"].Find(tokens, next, end) is { } after) (isTime, minute, next) = (true, Number(after.Value), after.End);
        if (!isTime && before is null && lists["part"].Find(tokens, next, end) is null) return null;
        var all = (int)hour.Value * 60 + minute;
        return all < 0 ? null : (all / 60 % 24, all % 60, hour.Value > 12, next);
    }

    private DateTime? Next(string? day, string? part, int hour, int minute, bool isSure, DateTime now)
    {
        if (part is "am" && hour == 12) hour = 0;
        else if ((part is "pm" && hour < 12) || (part is "noon" && hour < 4)) hour += 12;
        // Where people count to 24, and where a half of the day was said, it is said as it is meant.
        var isOpen = part is null && !isSure && hour <= 12 && lists.Has("twelve-hours");
        if (day is null) return First(now.Date) ?? First(now.Date.AddDays(1));
        var ahead = int.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days
            : Enum.TryParse<DayOfWeek>(day, ignoreCase: true, out var weekday) ? ((int)weekday - (int)now.DayOfWeek + 7) % 7 : -1;
        if (ahead < 0) return null;
        if (ahead == 0) return First(now.Date) ?? (days == 0 && char.IsAsciiDigit(day[0]) ? null : First(now.Date.AddDays(7)));
        // On another day nobody is woken at three, and breakfast is no supper.
        return now.Date.AddDays(ahead).AddHours(isOpen && hour is >= 1 and <= 6 ? hour + 12 : hour).AddMinutes(minute);

        DateTime? First(DateTime date)
        {
            var one = date.AddHours(hour % 24).AddMinutes(minute);
            var other = isOpen ? date.AddHours((hour + 12) % 24).AddMinutes(minute) : one;
            var (early, late) = one < other ? (one, other) : (other, one);
            return early > now ? early : late > now ? late : null;
        }
    }

    private static (int Hour, int Minute)? Split(string text) =>
        text.Split(':') is [var hours, { Length: 2 } minutes] && int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var hour) && hour < 24
        && int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var minute) && minute < 60 ? (hour, minute) : null;

    private static int Number(string value) => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
