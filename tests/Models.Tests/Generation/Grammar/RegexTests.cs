using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Models.Generation.Grammar;

namespace Models.Tests.Generation.Grammar;

/// <summary>Regular expressions against those of .NET, and by name what is not supported.</summary>
public sealed class RegexTests
{
    [Theory]
    [InlineData("a|bc*", "bccc", "ac")]
    [InlineData("^(?:ab){2,3}$", "ababab", "ab")]
    [InlineData("[^\\d\\s]+?", "xé€\U0001F680", "x1")]
    [InlineData("(?<year>\\d{4})-\\w", "2024-_", "2024-é")]
    [InlineData("\\u{1F600}|\\x41|\\u0042|\\cJ", "\U0001F600", "C")]
    [InlineData("\\uD83D\\uDE00", "\U0001F600", "\U0001F601")]
    [InlineData("[\\p{Lu}\\-_]\\P{L}", "Ä9", "ä9")]
    [InlineData("\\p{Nd}{2}", "4٣", "x1")]
    [InlineData(".", "é", "\n")]
    [InlineData("[^]", "\n", "ab")]
    [InlineData("a{0}b", "b", "ab")]
    [InlineData("\\$\\^\\/\\.", "$^/.", "$^/a")]
    public void FromRegex_Construct_MatchesTheWholeText(string pattern, string accepted, string rejected)
    {
        var grammar = GrammarCompiler.FromRegex(pattern);
        Assert.True(grammar.Accepts(accepted));
        Assert.False(grammar.Accepts(rejected));
    }

    [Theory]
    [InlineData("a(?=b)", "(?=", "position 1")]
    [InlineData("(?<!a)b", "(?<!", "position 0")]
    [InlineData("(a)\\1", "back-reference", "position 3")]
    [InlineData("\\bx", "\\b", "position 0")]
    [InlineData("a**", "quantifier", "position 2")]
    [InlineData("x(a", "(", "position 1")]
    [InlineData("a)", ")", "position 1")]
    [InlineData("[a", "[", "position 0")]
    [InlineData("[z-a]", "-", "position 2")]
    [InlineData("a{2,1}", "{", "position 1")]
    [InlineData("a{99999}", "{", "position 1")]
    [InlineData("\\p{Script=Greek}", "\\p{Script=Greek}", "position 0")]
    [InlineData("\\q", "\\", "position 0")]
    public void FromRegex_NotSupported_NamesTheConstructAndItsPosition(string pattern, string construct, string position)
    {
        var error = Assert.Throws<GrammarException>(() => GrammarCompiler.FromRegex(pattern));
        Assert.Equal((construct, position), (error.Keyword, error.Location));
    }

    [Fact]
    public void FromRegex_MatchingNothing_SaysThatThereIsNoEnd() =>
        Assert.Contains("no reachable end", Assert.Throws<GrammarException>(() => GrammarCompiler.FromRegex("a$b")).Message);

    [Fact]
    public void FromRegex_NestedTooDeep_IsRefused() =>
        Assert.Throws<GrammarException>(() => GrammarCompiler.FromRegex(new string('(', 100_000)));

    [Fact]
    public void FromRegex_AnyPattern_AgreesWithDotNet()
    {
        var atoms = Gen.Elements("a", "b", "é", ".", "[ab]", "[^a]", "\\d", "\\n", "x");
        Gen<string> Pattern(int depth) => depth == 0 ? atoms : Gen.OneOf(
            atoms,
            from first in Pattern(depth - 1) from second in Pattern(depth - 1) select first + second,
            from first in Pattern(depth - 1) from second in Pattern(depth - 1) select $"(?:{first}|{second})",
            from body in Pattern(depth - 1) from quantifier in Gen.Elements("*", "+", "?", "{2}", "{1,3}", "{0,1}", "{2,}") select $"(?:{body}){quantifier}",
            from body in Pattern(depth - 1) from anchor in Gen.Elements("(?:^|{0})", "(?:{0}|$)", "^{0}", "{0}$") select string.Format(anchor, body));
        var texts = Gen.Elements('a', 'b', 'é', '\n', '1', 'x').ArrayOf().Select(letters => new string(letters)).ListOf(20);
        Prop.ForAll((from pattern in Pattern(3) from some in texts select (pattern, some)).ToArbitrary(), one =>
        {
            CompiledGrammar? grammar = null;
            try
            {
                grammar = GrammarCompiler.FromRegex(one.pattern);
            }
            catch (GrammarException e)
            {
                Assert.Contains("no reachable end", e.Message);
            }
            // Without backtracking: .NET's other engine does not come back from some of these.
            var regex = new Regex($@"\A(?:{one.pattern.Replace("$", "\\z")})\z", RegexOptions.NonBacktracking);
            foreach (var text in one.some)
                Assert.True((grammar?.Accepts(text) ?? false) == regex.IsMatch(text), $"{one.pattern} and {text}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    [Fact]
    public void FromRegex_AnyText_CompilesOrIsRefused() =>
        Prop.ForAll(Gen.Elements("a(){}[]|*+?^$\\.-,:<>=!0123pu".ToCharArray()).ArrayOf().Select(letters => new string(letters)).ToArbitrary(), text =>
        {
            try
            {
                GrammarCompiler.FromRegex(text);
            }
            catch (GrammarException)
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
}
