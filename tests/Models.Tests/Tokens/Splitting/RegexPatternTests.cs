using System.Text;
using Models.Tokens;
using Models.Tokens.Splitting;

namespace Models.Tests.Tokens.Splitting;

public class RegexPatternTests
{
    /// <summary>A regex that backtracks without end is stopped, with a message that names it.</summary>
    [Fact]
    public void Find_RegexThatNeverEnds_IsStopped()
    {
        var pattern = new RegexPattern("(a+)+$", TimeSpan.FromMilliseconds(50));
        var error = Assert.Throws<TokenizerException>(() => pattern.Find(new string('a', 60) + "!"));
        Assert.Contains("(a+)+$", error.Message);
    }

    /// <summary>Many matches, each of them quick: it is the text that takes too long.</summary>
    [Fact]
    public void Find_MatchesWithoutEnd_AreStopped()
    {
        var pattern = new RegexPattern("a(?=.*$)", TimeSpan.FromMilliseconds(50));
        Assert.Throws<TokenizerException>(() => pattern.Find(new string('a', 200_000)));
    }

    /// <summary>.NET's engine sees surrogates, of no class; each character is shown to it as one of the same category.</summary>
    [Fact]
    public void Find_CharactersBeyondTheBasicPlane_AreOfTheirCategory()
    {
        string[] categories = ["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn"];
        for (var point = 0x10000; point < 0x20000; point += 7)
        {
            var rune = new Rune(point);
            var pattern = new RegexPattern($@"a\p{{{categories[(int)Rune.GetUnicodeCategory(rune)]}}}+b");
            Assert.Equal([(1, 7)], pattern.Find($"-a{rune}{rune}b-").Select(match => (match.Start, match.End)));
        }
    }
}
