using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Models.Tests.Tokens;

/// <summary>Random texts for property tests: any Unicode, rich in what tokenizers trip over.</summary>
internal static class Texts
{
    private static readonly Gen<string> Awkward = Gen.Elements(
        " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "'s", "'LL", "'", "123", "12", "the", " the", "The", "hello", "ing", "!", "...", "\u0301", "é", "e\u0301", "ß", "İ",
        "你好", "한국", "👩‍👩‍👧‍👦", "🚀", "𐐀", "\0", "\u200b", "\ufeff", "\ufffd", "_", "/", "\\", "{}", "\u2028", "ﬁ", "①");

    private static readonly Gen<string> AnyRune = Gen.Choose(0, 0x10FFFF).Where(Rune.IsValid).Select(point => new Rune(point).ToString());

    private static readonly Gen<string> Ascii = Gen.Choose(32, 126).Select(point => ((char)point).ToString());

    /// <summary>Well-formed UTF-16 of any characters.</summary>
    public static Arbitrary<string> WellFormed { get; } =
        Gen.Frequency((4, Awkward), (2, AnyRune), (3, Ascii)).ListOf().Select(string.Concat).ToArbitrary();

    /// <summary>UTF-16 with unpaired surrogates in it.</summary>
    public static Arbitrary<string> Any { get; } =
        Gen.Frequency((4, Awkward), (2, AnyRune), (2, Gen.Elements("\ud83d", "\ude00"))).ListOf().Select(string.Concat).ToArbitrary();
}
