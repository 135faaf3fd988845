using System.Globalization;
using System.Text;
using Models.Tokens.Normalizing;
using Models.Tokens.Unicode;

namespace Models.Embedding;

/// <summary>
/// Cuts a text of any language into words without a vocabulary: NFKC, small letters, runs of letters, digits and marks. Scripts that
/// write no spaces (Han, kana) give overlapping pairs of characters, the usual way to index them. Signs are words where there is no other.
/// </summary>
public static class TextWords
{
    // The English words that length misjudges.
    private static readonly HashSet<string> LongButEmpty =
    [
        "about", "also", "been", "being", "both", "could", "does", "from", "have", "having", "into", "more", "most", "only", "other", "over", "same", "should",
        "some", "such", "than", "that", "their", "them", "then", "there", "these", "they", "this", "those", "through", "under", "until", "very", "were",
        "what", "when", "where", "which", "while", "whom", "will", "with", "would", "your",
    ];

    /// <summary>The words, in order.</summary>
    public static List<string> Of(string text)
    {
        // Most texts are ASCII, where both steps are one.
        var normal = Ascii.IsValid(text) ? text.ToLowerInvariant() : TextEdits.ToLower(UnicodeNormalizer.Normalize(text, compose: true, compatibility: true));
        List<string> words = [];
        // Where the run of letters that is open begins; -1 where none is.
        var (begin, isDense, length) = (-1, false, 0);
        for (var at = 0; at < normal.Length; at += length)
        {
            Rune.DecodeFromUtf16(normal.AsSpan(at), out var rune, out length);
            var isMark = !rune.IsAscii && CharacterClasses.IsMark(rune);
            var isLetter = isMark || Rune.IsLetterOrDigit(rune) || (!rune.IsAscii && Rune.GetUnicodeCategory(rune) == UnicodeCategory.LetterNumber);
            // A mark belongs to what it stands on.
            if (begin >= 0 && (!isLetter || (!isMark && isDense != IsDense(rune)))) End(at);
            if (isLetter && begin < 0) (begin, isDense) = (at, IsDense(rune));
        }
        if (begin >= 0) End(normal.Length);
        return words.Count > 0 ? words : [.. normal.EnumerateRunes().Where(rune => !Rune.IsWhiteSpace(rune)).Select(rune => rune.ToString())];

        void End(int end)
        {
            if (isDense) AddPairs(normal.AsSpan(begin, end - begin), words);
            else words.Add(normal[begin..end]);
            begin = -1;
        }
    }

    // Overlapping pairs of characters; one alone is a word.
    private static void AddPairs(ReadOnlySpan<char> run, List<string> words)
    {
        Rune.DecodeFromUtf16(run, out _, out var first);
        if (first == run.Length) words.Add(run.ToString());
        for (; first < run.Length; run = run[first..], Rune.DecodeFromUtf16(run, out _, out first))
        {
            Rune.DecodeFromUtf16(run[first..], out _, out var second);
            words.Add(run[..(first + second)].ToString());
        }
    }

    /// <summary>
    /// How much a word says: without counts of a language its length stands in for its rarity (Zipf 1935), so that "of" and "the" do not
    /// outweigh the rest.
    /// </summary>
    public static double Weight(string word) =>
        IsDense(Rune.GetRuneAt(word, 0)) ? 1
        : LongButEmpty.Contains(word) ? 0.1
        : word.Length switch { <= 2 => 0.1, 3 => 0.2, 4 => 0.7, _ => 1 };

    private static bool IsDense(Rune rune) => rune.Value
        is (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
}
