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
        var normal = TextEdits.ToLower(UnicodeNormalizer.Normalize(text, compose: true, compatibility: true));
        List<string> words = [], signs = [];
        List<string> run = [];
        var dense = false;
        foreach (var rune in normal.EnumerateRunes())
        {
            var letter = Rune.IsLetterOrDigit(rune) || CharacterClasses.IsMark(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.LetterNumber;
            // A mark belongs to what it stands on.
            if (!letter || (run.Count > 0 && dense != IsDense(rune) && !CharacterClasses.IsMark(rune))) End();
            if (letter)
            {
                if (run.Count == 0) dense = IsDense(rune);
                run.Add(rune.ToString());
            }
            else if (!Rune.IsWhiteSpace(rune))
            {
                signs.Add(rune.ToString());
            }
        }
        End();
        return words.Count > 0 ? words : signs;

        void End()
        {
            if (dense && run.Count > 1) for (var i = 0; i + 1 < run.Count; i++) words.Add(run[i] + run[i + 1]);
            else if (run.Count > 0) words.Add(string.Concat(run));
            run.Clear();
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
