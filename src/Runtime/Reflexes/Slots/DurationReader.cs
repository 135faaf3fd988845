using System.Globalization;
using Runtime.Reflexes.Matching;

namespace Runtime.Reflexes.Slots;

/// <summary>Reads spans of time: <c>an hour and ten minutes</c>, <c>1h30m</c>, <c>半小时</c>. Pure.</summary>
/// <param name="lists">The language's words: <c>duration</c> (whole spans, in seconds), <c>unit</c> (seconds of one), <c>one</c>, <c>and</c>, <c>and-half</c>.</param>
/// <param name="numbers">Reads numbers.</param>
internal sealed class DurationReader(WordLists lists, NumberReader numbers)
{
    private const double Most = 400 * 86_400.0;

    /// <summary>The span that stands at a place, and the word behind it; null where there is none, or none that a timer could have.</summary>
    public (TimeSpan Value, int End)? Read(IReadOnlyList<Token> tokens, int at, int end)
    {
        var (seconds, last) = (0.0, double.MaxValue);
        var found = at;
        while (Part(tokens, at, end) is { } part && part.Unit < last)
        {
            (seconds, last, found) = (seconds + part.Seconds, part.Unit, part.End);
            at = lists["and"].Find(tokens, found, end)?.End ?? found;
        }
        return seconds is >= 1 and <= Most ? (TimeSpan.FromSeconds(Math.Round(seconds)), found) : null;
    }

    /// <summary>As the schedule takes it: <c>90s</c>, <c>5m</c>, <c>2h</c>.</summary>
    public static string Write(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        var (count, unit) = seconds % 86_400 == 0 ? (seconds / 86_400, 'd') : seconds % 3600 == 0 ? (seconds / 3600, 'h') : seconds % 60 == 0 ? (seconds / 60, 'm') : (seconds, 's');
        return string.Create(CultureInfo.InvariantCulture, $"{count}{unit}");
    }

    private (double Seconds, double Unit, int End)? Part(IReadOnlyList<Token> tokens, int at, int end)
    {
        if (lists["duration"].Find(tokens, at, end) is { } whole) return (Seconds(whole.Value), Seconds(whole.Value), whole.End);
        var number = numbers.Read(tokens, at, end) ?? (lists["one"].Find(tokens, at, end) is { } one ? (1, one.End) : null);
        if (number is not { } count || lists["unit"].Find(tokens, count.End, end) is not { } unit) return null;
        var seconds = Seconds(unit.Value);
        // "An hour and a half".
        if (lists["and-half"].Find(tokens, unit.End, end) is { } half) return ((count.Value + 0.5) * seconds, seconds, half.End);
        return (count.Value * seconds, seconds, unit.End);
    }

    private static double Seconds(string value) => double.TryParse(value, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
}
