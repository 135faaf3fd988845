using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>Strings as Python sees them: sequences of code points, where .NET counts UTF-16 units.</summary>
internal static class PyText
{
    /// <summary>Python's <c>str.isspace</c> for one character.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    public static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && IsSpace(text[^1])) text = text[..^1];
        return text;
    }

    public static int Length(RenderContext context, string text)
    {
        context.ChargeScan(text.Length);
        return HasSurrogates(text) ? CountCodePoints(text) : text.Length;
    }

    public static IEnumerable<object> Characters(RenderContext context, string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var units = UnitsAt(text, i);
            context.ChargeCharacters(units);
            yield return text.Substring(i, units);
            i += units;
        }
    }

    /// <summary>The character at a code point index, from the end where negative; null outside.</summary>
    public static string? At(RenderContext context, string text, long index)
    {
        var length = Length(context, text);
        if (index < 0) index += length;
        if (index < 0 || index >= length) return null;
        var at = ToUnits(text, length, (int)index);
        return text.Substring(at, UnitsAt(text, at));
    }

    /// <summary>The code points from start, count of them, each step apart.</summary>
    public static string Slice(RenderContext context, string text, int length, int start, int count, int step)
    {
        context.ChargeCharacters(count);
        if (step == 1)
        {
            var from = ToUnits(text, length, start);
            return text[from..ToUnits(text, length, start + count)];
        }
        if (length == text.Length) return string.Create(count, (text, start, step), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = state.text[state.start + i * state.step];
        });
        var points = text.EnumeratePoints().ToArray();
        var picked = new StringBuilder(count);
        for (var i = 0; i < count; i++) picked.Append(points[start + i * step]);
        return picked.ToString();
    }

    /// <summary>UTF-16 index of a code point index.</summary>
    public static int ToUnits(string text, int length, int index)
    {
        if (length == text.Length) return index;
        var at = 0;
        for (; index > 0; index--) at += UnitsAt(text, at);
        return at;
    }

    /// <summary>Code point index of a UTF-16 index.</summary>
    public static int ToPoints(string text, int units) => CountCodePoints(text.AsSpan(0, units));

    /// <summary>Order by code point, which differs from UTF-16's above U+D800.</summary>
    public static int Compare(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length) return left.Length.CompareTo(right.Length);
        return Rank(left[common]).CompareTo(Rank(right[common]));

        // A surrogate stands for a code point above every other character.
        static int Rank(char c) => c < '\ud800' ? c : char.IsSurrogate(c) ? c + 0x2000 : c - 0x800;
    }

    /// <summary>The code points, an unpaired surrogate by itself.</summary>
    public static IEnumerable<string> EnumeratePoints(this string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var units = UnitsAt(text, i);
            yield return text.Substring(i, units);
            i += units;
        }
    }

    private static int CountCodePoints(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        for (var i = 0; i + 1 < text.Length; i++)
        {
            if (!char.IsSurrogatePair(text[i], text[i + 1])) continue;
            count--;
            i++;
        }
        return count;
    }

    private static bool HasSurrogates(ReadOnlySpan<char> text) => text.ContainsAnyInRange('\ud800', '\udfff');

    private static int UnitsAt(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
}
