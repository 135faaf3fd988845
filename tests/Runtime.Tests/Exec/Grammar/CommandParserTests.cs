using System.Diagnostics;
using Runtime.Exec.Grammar;
using TestKit;

namespace Runtime.Tests.Exec.Grammar;

public class CommandParserTests
{
    [Theory]
    [InlineData("a b  c", "a|b|c")]
    [InlineData("a 'b c' d\"e f\"g", "a|b c|de fg")]
    [InlineData("a b\\ c \\'", "a|b c|'")]
    [InlineData("a 'it'\\''s'", "a|it's")]
    [InlineData("a \"x\\\"y\\n\\$z\"", "a|x\"y\\n$z")]
    [InlineData("a \"^x$\" y$ '$(z)'", "a|^x$|y$|$(z)")]
    [InlineData("a '' \"\"", "a||")]
    [InlineData("a b#c # d", "a|b#c")]
    [InlineData("a HEAD~1 HEAD@{0} x{}", "a|HEAD~1|HEAD@{0}|x{}")]
    public void Parse_OneCommand_GivesItsWords(string text, string words)
    {
        var pipeline = Assert.Single(Parse(text));
        Assert.Equal(words.Split('|'), Assert.Single(pipeline.Commands).Words.Select(word => word.Text));
    }

    [Theory]
    [InlineData("a $(b)")]
    [InlineData("a `b`")]
    [InlineData("a \"`b`\"")]
    [InlineData("a $b")]
    [InlineData("a ${b}")]
    [InlineData("a $'b'")]
    [InlineData("a $\"b\"")]
    [InlineData("a <(b)")]
    [InlineData("a <<b\nb")]
    [InlineData("a <<< b")]
    [InlineData("a & b")]
    [InlineData("a |& b")]
    [InlineData("a &> b")]
    [InlineData("a ;; b")]
    [InlineData("a && ")]
    [InlineData("| a")]
    [InlineData("a | | b")]
    [InlineData("(a)")]
    [InlineData("{ a; }")]
    [InlineData("! a")]
    [InlineData("time a")]
    [InlineData("if a; then b; fi")]
    [InlineData("a 'b")]
    [InlineData("a \"b")]
    [InlineData("a \\")]
    [InlineData("a\\\nb")]
    [InlineData("a &\\\n& b")]
    [InlineData("a |\\\n| b")]
    [InlineData("a 2>\\\n&1")]
    [InlineData("a <\\\n< b")]
    [InlineData("a {b,c}")]
    [InlineData("a {1..3}")]
    [InlineData("a ~/b")]
    [InlineData("a --b=~/c")]
    [InlineData("> a")]
    [InlineData("> a b")]
    [InlineData("a 3> b")]
    [InlineData("a >| b")]
    [InlineData("a > *")]
    [InlineData("a* b")]
    [InlineData("LANG=C")]
    [InlineData("")]
    [InlineData("# a")]
    public void Parse_WhatIsNotInTheLanguage_IsRefusedWithAReason(string text)
    {
        var refused = Assert.Throws<CommandSyntaxException>(() => Parse(text));
        Assert.False(refused.IsDenied);
        Assert.NotEmpty(refused.Message);
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\rb")]
    [InlineData("a\u001b[2Jb")]
    [InlineData("a \u202eb")]
    [InlineData("a b\u200bc")]
    [InlineData("a\u00a0b")]
    [InlineData("\u0441at a")]
    [InlineData("a \u2066b")]
    [InlineData("a \ue000b")]
    [InlineData("a \u3164b")]
    [InlineData("PATH=b a")]
    public void Parse_WhatLooksLikeSomethingElse_IsDenied(string text) => Assert.True(Assert.Throws<CommandSyntaxException>(() => Parse(text)).IsDenied);

    [Fact]
    public void Parse_HalfOfASurrogatePair_IsDenied() => Assert.True(Assert.Throws<CommandSyntaxException>(() => Parse("a \ud800")).IsDenied);

    [Theory]
    [InlineData("a 'b c' | d && e || f ; g\nh", 5)]
    [InlineData("a &&\n b", 2)]
    [InlineData("a \\\n b \\\n | c", 1)]
    [InlineData("\n\n a \n\n", 1)]
    public void Parse_SeveralPipelines_AreSplit(string text, int count) => Assert.Equal(count, Parse(text).Count);

    [Fact]
    public async Task Parse_AcceptedText_MeansTheSameToDashAndBash()
    {
        var random = new SeededRandom(7);
        string[] pieces = ["a", "b c", " ", " ", " ", "'", "'", "\"", "\"", "\\", "$", "$'", "^", "=", "#", "!", "{", "}", ",", "..", "-", "é", "😀", "*", "?", "[", "]", "~", ":", "/", "%", "\t", "\\n", " \\\n ", "`", "$x", "&", ">", "2>&1", "\\\\", "\\\"", "\\$"];
        var (lines, expected) = (new List<string>(), new List<string>());
        for (var i = 0; i < 60_000 && lines.Count < 3000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, 2 + random.Next(9)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (TryParse("say " + text) is not [{ Commands: [{ Redirections.Count: 0 } command] }] || command.Words.Any(word => word.Pattern is not null || word.Text.Contains('\n'))) continue;
            lines.Add("say " + text);
            expected.Add(string.Concat(command.Words.Skip(1).Select(word => $"<{word.Text}>")));
        }
        Assert.True(lines.Count > 1000);
        foreach (var shell in new[] { "dash", "bash" }.Where(shell => File.Exists("/bin/" + shell)))
        {
            // A function in the place of a program prints each word it gets between brackets, and sets -f so that nothing is expanded.
            var start = new ProcessStartInfo("/bin/" + shell, ["-s"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            process.StandardInput.Write("set -f\nsay() { for w; do printf '<%s>' \"$w\"; done; printf '\\n'; }\n");
            foreach (var line in lines) process.StandardInput.Write(line + "\n");
            process.StandardInput.Close();
            Assert.Equal(expected, (await output).Split('\n')[..^1]);
        }
    }

    [Fact]
    public void Parse_AnyText_GivesCommandsOrAReason()
    {
        var mutations = new CommandMutations(["a 'b' \"c\" | d && e ; f 2>&1", "x=1 y $(z) `w` {a,b} ~ *", "q <<E\nE", "\ud83d\ude00 \\"], seed: 3);
        for (var i = 0; i < 50_000; i++)
        {
            if (TryParse(mutations.Next()) is { } pipelines) Assert.All(pipelines, pipeline => Assert.All(pipeline.Commands, command => Assert.NotEmpty(command.Words)));
        }
    }

    private static IReadOnlyList<Pipeline>? TryParse(string text)
    {
        try { return Parse(text); }
        catch (CommandSyntaxException) { return null; }
    }

    private static IReadOnlyList<Pipeline> Parse(string text) => CommandParser.Parse(text, name => name == "LANG");
}
