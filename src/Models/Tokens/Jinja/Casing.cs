using System.Buffers;
using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>
/// Upper, lower and title case of strings. Letters map one to one, but for the Latin letters and ligatures whose capitals are several letters,
/// and for the Greek sigma at the end of a word.
/// </summary>
internal static class Casing
{
    private const string Expanding = "ßŉǰﬀﬁﬂﬃﬄﬅﬆ";
    private static readonly SearchValues<char> ExpandingValues = SearchValues.Create(Expanding);
    private static readonly string[] Uppers = ["SS", "ʼN", "J\u030c", "FF", "FI", "FL", "FFI", "FFL", "ST", "ST"];
    private static readonly string[] Titles = ["Ss", "ʼN", "J\u030c", "Ff", "Fi", "Fl", "Ffi", "Ffl", "St", "St"];

    public static string Upper(string text) => text.AsSpan().ContainsAny(ExpandingValues)
        ? string.Concat(text.EnumeratePoints().Select(point => Expand(point, Uppers)))
        : text.ToUpperInvariant();

    public static string Lower(string text)
    {
        var lower = text.Contains('İ') ? string.Join("i\u0307", text.Split('İ').Select(part => part.ToLowerInvariant())) : text.ToLowerInvariant();
        return text.Contains('Σ') ? EndSigmas(text, lower) : lower;
    }

    public static string Capitalize(string text)
    {
        if (text.Length == 0) return text;
        var first = text.EnumeratePoints().First();
        return Expand(first, Titles) + Lower(text)[Lower(first).Length..];
    }

    /// <summary>Python's <c>str.title</c>: every letter behind something that is no letter is a capital.</summary>
    public static string Title(string text)
    {
        var output = new StringBuilder(text.Length);
        var lower = Lower(text);
        var afterLetter = false;
        var at = 0;
        foreach (var point in text.EnumeratePoints())
        {
            var width = Lower(point).Length;
            if (afterLetter) output.Append(lower, at, width);
            else output.Append(Expand(point, Titles));
            at += width;
            afterLetter = IsCased(point);
        }
        return output.ToString();
    }

    public static string Swap(string text) => string.Concat(text.EnumeratePoints().Select(point => IsUpper(point) ? Lower(point) : Expand(point, Uppers)));

    public static bool IsUpper(string text) => IsAll(text, static rune => Rune.IsUpper(rune), static rune => Rune.IsLower(rune));

    public static bool IsLower(string text) => IsAll(text, static rune => Rune.IsLower(rune), static rune => Rune.IsUpper(rune));

    public static bool IsTitle(string text)
    {
        var (afterLetter, any) = (false, false);
        foreach (var rune in text.EnumerateRunes())
        {
            if (afterLetter ? Rune.IsUpper(rune) : Rune.IsLower(rune)) return false;
            afterLetter = Rune.IsUpper(rune) || Rune.IsLower(rune);
            any |= afterLetter;
        }
        return any;
    }

    private static bool IsAll(string text, Func<Rune, bool> wanted, Func<Rune, bool> other)
    {
        var any = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (other(rune)) return false;
            any |= wanted(rune);
        }
        return any;
    }

    private static bool IsCased(string point) => IsUpper(point) || IsLower(point);

    private static string Expand(string point, string[] capitals) =>
        Expanding.IndexOf(point, StringComparison.Ordinal) is >= 0 and var at ? capitals[at] : point.ToUpperInvariant();

    private static string EndSigmas(string text, string lower)
    {
        var output = new StringBuilder(lower);
        for (var i = 0; i < text.Length && lower.Length == text.Length; i++)
        {
            if (text[i] == 'Σ' && i > 0 && char.IsLetter(text[i - 1]) && !(i + 1 < text.Length && char.IsLetter(text[i + 1]))) output[i] = 'ς';
        }
        return output.ToString();
    }
}
