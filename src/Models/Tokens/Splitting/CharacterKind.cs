using System.Globalization;
using System.Text;

namespace Models.Tokens.Splitting;

/// <summary>What the patterns of tokenizers tell characters apart by. Each character is of exactly one kind.</summary>
[Flags]
internal enum CharacterKind
{
    /// <summary>Neither of the below.</summary>
    Other = 1,

    /// <summary>White space but CR and LF.</summary>
    Space = 2,

    /// <summary>CR and LF.</summary>
    Newline = 4,

    /// <summary><c>\p{N}</c>.</summary>
    Number = 8,

    /// <summary><c>\p{M}</c>.</summary>
    Mark = 16,

    /// <summary><c>\p{Lu}</c> and <c>\p{Lt}</c>.</summary>
    Upper = 32,

    /// <summary><c>\p{Ll}</c>.</summary>
    Lower = 64,

    /// <summary><c>\p{Lm}</c> and <c>\p{Lo}</c>.</summary>
    Uncased = 128,

    /// <summary><c>\p{L}</c>.</summary>
    Letter = Upper | Lower | Uncased,

    /// <summary><c>\s</c>.</summary>
    White = Space | Newline,
}

/// <summary>Looks kinds up.</summary>
internal static class CharacterKinds
{
    private static readonly CharacterKind[] Ascii = [.. Enumerable.Range(0, 128).Select(value => Classify(new Rune(value)))];

    /// <summary>The kind of the character at a place, and its length in UTF-16. An unpaired surrogate is <see cref="CharacterKind.Other"/>.</summary>
    public static CharacterKind At(ReadOnlySpan<char> text, int at, out int length)
    {
        length = 1;
        if (text[at] < Ascii.Length)
            return Ascii[text[at]];
        Rune.DecodeFromUtf16(text[at..], out var rune, out length);
        return Classify(rune);
    }

    /// <summary>Where a run of characters of some kinds ends, which begins at a place and has at most so many characters.</summary>
    public static int RunEnd(ReadOnlySpan<char> text, int at, CharacterKind kinds, int limit = int.MaxValue)
    {
        for (; at < text.Length && limit > 0 && (At(text, at, out var length) & kinds) != 0; limit--)
            at += length;
        return at;
    }

    private static CharacterKind Classify(Rune rune)
    {
        if (Rune.IsWhiteSpace(rune))
            return rune.Value is '\r' or '\n' ? CharacterKind.Newline : CharacterKind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => CharacterKind.Upper,
            UnicodeCategory.LowercaseLetter => CharacterKind.Lower,
            UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterKind.Uncased,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => CharacterKind.Mark,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterKind.Number,
            _ => CharacterKind.Other,
        };
    }
}
