using System.Globalization;
using System.Text;

namespace Models.Tokens.Unicode;

/// <summary>The Unicode classes that tokenizers speak of, by general category.</summary>
internal static class CharacterClasses
{
    /// <summary><c>\p{L}</c>.</summary>
    public static bool IsLetter(Rune rune) => Rune.IsLetter(rune);

    /// <summary><c>\p{N}</c>.</summary>
    public static bool IsNumber(Rune rune) => Rune.IsNumber(rune);

    /// <summary><c>\s</c>: the property White_Space.</summary>
    public static bool IsSpace(Rune rune) => Rune.IsWhiteSpace(rune);

    /// <summary><c>\p{M}</c>.</summary>
    public static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary><c>\w</c>: letters, marks, decimal digits, letter numbers, connectors and the two joiners (UTS 18, annex C).</summary>
    public static bool IsWord(Rune rune) => Rune.IsLetter(rune) || IsMark(rune) || rune.Value is 0x200C or 0x200D || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;

    /// <summary>Punctuation as BERT has it: ASCII punctuation and symbols, and <c>\p{P}</c>.</summary>
    public static bool IsPunctuation(Rune rune) =>
        rune.IsAscii ? rune.Value > ' ' && rune.Value < 0x7F && !Rune.IsLetterOrDigit(rune) : Rune.IsPunctuation(rune);
}
