using System.Globalization;
using Runtime.Reflexes.Matching;

namespace Runtime.Reflexes.Slots;

/// <summary>Reads numbers in digits and words: <c>2.5</c>, <c>forty two</c>, <c>二十五</c>. Pure.</summary>
/// <param name="lists">The language's words: <c>number</c> (what is added), <c>times</c> (what multiplies), <c>decimal</c> (its sign).</param>
internal sealed class NumberReader(WordLists lists)
{
    /// <summary>The number that stands at a place and the word behind it; null where there is none.</summary>
    public (double Value, int End)? Read(IReadOnlyList<Token> tokens, int at, int end)
    {
        if (at >= end) return null;
        if (tokens[at].Kind == TokenKind.Number) return Digits(tokens[at].Key) is { } written ? (written, at + 1) : null;
        var (total, open, begun) = (0.0, 0.0, at);
        for (var hasOpen = false; ;)
        {
            if (lists["times"].Find(tokens, at, end) is { } times)
            {
                (total, open, hasOpen, at) = (total + (hasOpen ? open : 1) * Parse(times.Value), 0, false, times.End);
            }
            else if (lists["number"].Find(tokens, at, end) is { } word && (!hasOpen || (open >= 20 && open % 10 == 0 && Parse(word.Value) < 10)))
            {
                (open, hasOpen, at) = (open + Parse(word.Value), true, word.End);
            }
            else return at == begun ? null : (total + open, at);
        }
    }

    /// <summary>As a tool takes it.</summary>
    public static string Write(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>Digits as they are written in this language; null for what is no number, such as a time.</summary>
    public double? Digits(string key)
    {
        if (key.Contains(':') || key.Count(c => c is '.' or ',') > 1) return null;
        // 1,000 in English, 1.000 in German: three digits behind what is no decimal sign.
        var sign = lists.Has("decimal-comma") ? ',' : '.';
        var other = sign == ',' ? '.' : ',';
        var plain = key.IndexOf(other) is var at and >= 0 ? (key.Length - at == 4 ? key.Remove(at, 1) : sign == ',' ? key : "") : key;
        return double.TryParse(plain.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    private static double Parse(string value) => double.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
