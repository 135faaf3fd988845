using System.Globalization;

namespace Runtime.Schedule.Timing;

/// <summary>
/// The three fields of a cron expression that are about days. Where both the day of the month and the day of the week are restricted, one of
/// them is enough, as POSIX has it. <c>L</c> is the month's last day, <c>5L</c> its last Friday, <c>5#2</c> its second. Immutable.
/// </summary>
internal sealed class CronDays
{
    private readonly CronField _months, _days, _weekdays;
    private readonly bool _lastDay;
    private readonly List<(int Weekday, int Which)> _inMonth = [];

    /// <summary>Reads the three fields.</summary>
    /// <exception cref="ScheduleException">One of them is none.</exception>
    public CronDays(string days, string months, string weekdays)
    {
        var plainDays = days.Split(',').Where(part => part is not ("L" or "l")).ToList();
        _lastDay = plainDays.Count < days.Split(',').Length;
        _days = plainDays.Count > 0 ? CronField.Parse(string.Join(',', plainDays), "day of month", 1, 31) : new CronField(0, false, false);
        _months = CronField.Parse(months, "month", 1, 12, "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
        var plain = weekdays.Split(',').Where(part => !IsInMonth(part)).ToList();
        _weekdays = plain.Count > 0 ? Weekdays(string.Join(',', plain)) : new CronField(0, false, false);
    }

    /// <summary>True where a day is one of them.</summary>
    public bool Has(DateTime day)
    {
        if (!_months.Has(day.Month)) return false;
        var ofMonth = _days.Has(day.Day) || (_lastDay && day.Day == DateTime.DaysInMonth(day.Year, day.Month));
        var ofWeek = _weekdays.Has((int)day.DayOfWeek) || _inMonth.Exists(one => IsIt(day, one));
        return _days.IsAny ? ofWeek : _weekdays.IsAny ? ofMonth : ofMonth || ofWeek;
    }

    /// <summary>True where a month has some of them, perhaps.</summary>
    public bool HasMonth(DateTime day) => _months.Has(day.Month);

    private static bool IsIt(DateTime day, (int Weekday, int Which) one) => (int)day.DayOfWeek == one.Weekday
        && (one.Which == 0 ? day.Day + 7 > DateTime.DaysInMonth(day.Year, day.Month) : (day.Day - 1) / 7 + 1 == one.Which);

    private static CronField Weekdays(string text)
    {
        // Sunday is 0 and 7.
        var field = CronField.Parse(text, "day of week", 0, 7, "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
        return field with { Bits = (field.Bits | field.Bits >> 7) & 0x7F };
    }

    private bool IsInMonth(string part)
    {
        var (weekday, which) = part.Split('#') is [var named, var number] ? (named, number) : part.Length > 1 && part[^1] is 'L' or 'l' ? (part[..^1], "0") : ("", "");
        if (weekday.Length == 0) return false;
        var field = Weekdays(weekday);
        if (!int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var nth) || nth > 5 || (nth == 0 && part.Contains('#')) || (field.Bits & (field.Bits - 1)) != 0)
            throw new ScheduleException($"The day of week field has {part}; write 5#2 for the second Friday of a month, 5L for its last.");
        _inMonth.Add((field.From(0), nth));
        return true;
    }
}
