using System.Globalization;
using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>C's <c>strftime</c> in the C locale, with glibc's flags for padding (<c>%-d</c>); times have no zone, as Python's <c>datetime.now()</c>.</summary>
internal static class Strftime
{
    public static string Format(RenderContext context, string format, DateTimeOffset time)
    {
        var output = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            context.Step();
            if (format[i] != '%')
            {
                output.Append(format[i]);
                continue;
            }
            var start = i++;
            var flag = i < format.Length && format[i] is '-' or '_' or '0' or '^' ? format[i++] : '\0';
            var text = i < format.Length ? Field(format[i], flag, time) : null;
            // C writes what it does not know as it is.
            context.Write(output, text ?? format[start..Math.Min(i + 1, format.Length)]);
        }
        return output.ToString();
    }

    private static string? Field(char field, char flag, DateTimeOffset time) => field switch
    {
        'a' => Word(time.ToString("ddd", CultureInfo.InvariantCulture), flag),
        'A' => Word(time.ToString("dddd", CultureInfo.InvariantCulture), flag),
        'b' or 'h' => Word(time.ToString("MMM", CultureInfo.InvariantCulture), flag),
        'B' => Word(time.ToString("MMMM", CultureInfo.InvariantCulture), flag),
        'p' => Word(time.Hour < 12 ? "AM" : "PM", flag),
        'P' => time.Hour < 12 ? "am" : "pm",
        'c' => $"{Field('a', flag, time)} {Field('b', flag, time)} {Number(time.Day, 2, '_')} {Field('T', flag, time)} {time.Year}",
        'x' or 'D' => time.ToString("MM'/'dd'/'yy", CultureInfo.InvariantCulture),
        'X' or 'T' => time.ToString("HH':'mm':'ss", CultureInfo.InvariantCulture),
        'r' => $"{time.ToString("hh':'mm':'ss", CultureInfo.InvariantCulture)} {Field('p', flag, time)}",
        'R' => time.ToString("HH':'mm", CultureInfo.InvariantCulture),
        'F' => time.ToString("yyyy'-'MM'-'dd", CultureInfo.InvariantCulture),
        'd' => Number(time.Day, 2, flag),
        'e' => Number(time.Day, 2, flag == '\0' ? '_' : flag),
        'm' => Number(time.Month, 2, flag),
        'y' => Number(time.Year % 100, 2, flag),
        'Y' => Number(time.Year, 1, flag),
        'C' => Number(time.Year / 100, 2, flag),
        'G' => Number(ISOWeek.GetYear(time.DateTime), 1, flag),
        'g' => Number(ISOWeek.GetYear(time.DateTime) % 100, 2, flag),
        'V' => Number(ISOWeek.GetWeekOfYear(time.DateTime), 2, flag),
        'U' => Number((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7, 2, flag),
        'W' => Number((time.DayOfYear + 6 - ((int)time.DayOfWeek + 6) % 7) / 7, 2, flag),
        'H' => Number(time.Hour, 2, flag),
        'k' => Number(time.Hour, 2, flag == '\0' ? '_' : flag),
        'I' => Number((time.Hour + 11) % 12 + 1, 2, flag),
        'l' => Number((time.Hour + 11) % 12 + 1, 2, flag == '\0' ? '_' : flag),
        'M' => Number(time.Minute, 2, flag),
        'S' => Number(time.Second, 2, flag),
        'f' => $"{time.Ticks % TimeSpan.TicksPerSecond / 10:000000}",
        'j' => Number(time.DayOfYear, 3, flag),
        'u' => $"{((int)time.DayOfWeek + 6) % 7 + 1}",
        'w' => $"{(int)time.DayOfWeek}",
        's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'z' or 'Z' => "",
        'n' => "\n",
        't' => "\t",
        '%' => "%",
        _ => null,
    };

    private static string Word(string word, char flag) => flag == '^' ? word.ToUpperInvariant() : word;

    private static string Number(int value, int width, char flag)
    {
        var digits = value.ToString(CultureInfo.InvariantCulture);
        return flag == '-' ? digits : digits.PadLeft(width, flag == '_' ? ' ' : '0');
    }
}
