using System.Text;
using Runtime.Approvals;
using TestKit;

namespace Runtime.Tests.Approvals;

public class DisplayTextTests
{
    // attacks.jsonl: ansi-01.
    [Theory]
    [InlineData("a\u001b[2Jb", @"a\u{1B}[2Jb")]
    [InlineData("\u001b]8;;http://evil\u0007x", @"\u{1B}]8;;http://evil\u{7}x")]
    [InlineData("\u001b]52;c;aGk=\u0007", @"\u{1B}]52;c;aGk=\u{7}")]
    [InlineData("\u009b31m", @"\u{9B}31m")]
    [InlineData("git \u202elmth", @"git \u{202E}lmth")]
    [InlineData("a\u2066b\u200bc\ufeff", @"a\u{2066}b\u{200B}c\u{FEFF}")]
    [InlineData("a\r\nb\tc", @"a\u{D}\nb\tc")]
    [InlineData("a\u00a0b\u3000c", @"a\u{A0}b\u{3000}c")]
    [InlineData("\U000e0041", @"\u{E0041}")]
    [InlineData("café 😀 ok", "café 😀 ok")]
    public void Escape_WhatIsHidden_IsWrittenOut(string text, string shown) => Assert.Equal(shown, DisplayText.Escape(text));

    [Fact]
    public void Escape_HalfOfASurrogatePair_IsWrittenOut() => Assert.Equal(@"\u{D800}x", DisplayText.Escape("\ud800x"));

    [Fact]
    public void Escape_AnyText_HoldsNothingThatATerminalObeys()
    {
        var random = new SeededRandom(5);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, 20).Select(_ => (char)random.Next(i % 2 == 0 ? 0x300 : 0x10000))]);
            foreach (var rune in DisplayText.Escape(text).EnumerateRunes())
            {
                Assert.False(Rune.IsControl(rune));
                Assert.NotEqual(System.Globalization.UnicodeCategory.Format, Rune.GetUnicodeCategory(rune));
            }
        }
    }
}
