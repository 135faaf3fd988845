using System.Runtime.InteropServices;
using System.Text;

namespace Models.Tokens.Unicode;

/// <summary>
/// The normalization forms of Unicode (UAX 15). Ours because <see cref="string.Normalize()"/> returns its input unchanged in a
/// process with InvariantGlobalization. Takes O(n log n) on any input. Unpaired surrogates become U+FFFD where a text changes.
/// </summary>
public static class UnicodeNormalizer
{
    // Hangul syllables are computed (The Unicode Standard, section 3.12).
    private const int Syllables = 0xAC00, SyllableCount = 11172, Leads = 0x1100, LeadCount = 19, Vowels = 0x1161, VowelCount = 21, Tails = 0x11A7, TailCount = 28;

    /// <summary>Normalizes a text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="compose">NFC or NFKC rather than NFD or NFKD.</param>
    /// <param name="compatibility">NFKC or NFKD rather than NFC or NFD.</param>
    public static string Normalize(string text, bool compose, bool compatibility)
    {
        if (IsInert(text, compose && !compatibility))
            return text;
        List<long> points = new(text.Length); // class << 53 | position << 21 | code point, so that sorting a run orders it
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, compatibility, points);
        var span = CollectionsMarshal.AsSpan(points);
        Order(span);
        if (compose)
            span = span[..Compose(span)];
        var result = new StringBuilder(span.Length);
        foreach (var point in span)
            result.Append(new Rune(Point(point)).ToString());
        return result.ToString();
    }

    private static bool IsInert(string text, bool composed)
    {
        foreach (var unit in text)
            if (unit >= (composed ? '\u0300' : '\u00A0') // below, nothing of these forms changes
                && (char.IsSurrogate(unit) || unit - Syllables is >= 0 and < SyllableCount || NormalizationTable.Instance.IsActive(unit)))
                return false;
        return true;
    }

    private static void Decompose(int point, bool compatibility, List<long> points)
    {
        var table = NormalizationTable.Instance;
        if (point - Syllables is >= 0 and < SyllableCount and var syllable)
        {
            Add(Leads + syllable / (VowelCount * TailCount), 0, points);
            Add(Vowels + syllable / TailCount % VowelCount, 0, points);
            if (syllable % TailCount != 0)
                Add(Tails + syllable % TailCount, 0, points);
        }
        else if (!table.IsActive(point))
            Add(point, 0, points);
        else if (table.Decompose(point, compatibility) is { IsEmpty: false } parts)
            foreach (var part in parts)
                Decompose(part, compatibility, points);
        else
            Add(point, table.CombiningClass(point), points);
    }

    private static void Add(int point, int combiningClass, List<long> points) =>
        points.Add((long)combiningClass << 53 | (long)points.Count << 21 | (uint)point);

    private static int Point(long item) => (int)(item & 0x1FFFFF);

    private static int Class(long item) => (int)(item >> 53);

    // Canonical ordering: each run of marks by class, and in order of appearance within a class.
    private static void Order(Span<long> points)
    {
        for (var start = 0; start < points.Length; start++)
        {
            var end = start;
            while (end < points.Length && Class(points[end]) != 0)
                end++;
            if (end - start > 1)
                points[start..end].Sort();
            start = Math.Max(start, end - 1);
        }
    }

    // Canonical composition in place; returns the new length.
    private static int Compose(Span<long> points)
    {
        var length = 0;
        var starter = -1;
        var lastClass = -1; // of what stands between the starter and here; -1 for nothing
        foreach (var point in points)
        {
            var composed = starter >= 0 && lastClass < Class(point) ? Compose(Point(points[starter]), Point(point)) : -1;
            if (composed >= 0)
            {
                points[starter] = composed;
                continue;
            }
            if (Class(point) == 0)
                (starter, lastClass) = (length, -1);
            else
                lastClass = Class(point);
            points[length++] = point;
        }
        return length;
    }

    private static int Compose(int first, int second)
    {
        if (first - Leads is >= 0 and < LeadCount and var lead && second - Vowels is >= 0 and < VowelCount and var vowel)
            return Syllables + (lead * VowelCount + vowel) * TailCount;
        if (first - Syllables is >= 0 and < SyllableCount and var syllable && syllable % TailCount == 0 && second - Tails is > 0 and < TailCount and var tail)
            return first + tail;
        return NormalizationTable.Instance.IsActive(second) ? NormalizationTable.Instance.Compose(first, second) : -1;
    }
}
