using System.Text;
using Models.Generation.Copying;
using Models.Generation.Grammar;

namespace Models.Tests.Generation.Copying;

public sealed class CallBiasTests
{
    private static readonly string[] Tokens = ["<tool_call>", "\"", "te", "a", "xt", ": ", "coffee", "text", "when", "<end>", "tea", "name", "cron", ", "];

    private static readonly CallHints Hints = new("<tool_call>", -2, new Dictionary<string, string> { ["cron.text"] = "", ["cron.when"] = "at" }, new Dictionary<string, string> { ["cron.when"] = "coffee" }, new HashSet<string>(), 5);

    [Fact]
    public void Apply_WhereAnAnswerBegins_ChangesTheBeginningOfACallAlone()
    {
        var bias = Make("put tea on it");

        Assert.Equal([-2, .. new float[Tokens.Length - 1]], Logits(bias));

        bias.Accept(0);
        Assert.Equal(new float[Tokens.Length], Logits(bias));
    }

    [Fact]
    public void Apply_InACopiedArgument_TakesFromWhatTheConversationDoesNotSay()
    {
        var bias = Make("put tea on it");
        foreach (var token in (int[])[0, 1, 11, 1, 5, 1, 12, 1, 13, 1, 7, 1, 5]) bias.Accept(token); // "name": "cron", "text":
        Assert.Equal(new float[Tokens.Length], Logits(bias));

        bias.Accept(1);
        var logits = Logits(bias);
        Assert.Equal((0, 0, -15, -15), (logits[2], logits[10], logits[6], logits[8]));

        bias.Accept(2);
        Assert.Equal((0, -50, -50), (Logits(bias)[3], Logits(bias)[4], Logits(bias)[1]));

        bias.Accept(3);
        Assert.Equal(0, Logits(bias)[1]);

        bias.Accept(1);
        Assert.Equal(new float[Tokens.Length], Logits(bias));
    }

    [Fact]
    public void Apply_BeforeWhatIsCopied_ChangesNothing()
    {
        var bias = Make("put tea on it");
        foreach (var token in (int[])[0, 1, 11, 1, 5, 1, 12, 1, 13, 1, 8, 1, 5, 1]) bias.Accept(token); // "name": "cron", "when": "
        Assert.Equal(new float[Tokens.Length], Logits(bias));

        bias.Accept(3); // Two bytes are ahead.
        Assert.Equal(new float[Tokens.Length], Logits(bias));

        bias.Accept(3);
        Assert.Equal((0, 0, -15), (Logits(bias)[10], Logits(bias)[6], Logits(bias)[8])); // Coffee is a word of its own there.
    }

    [Fact]
    public void Apply_InAnotherArgument_ChangesNothing()
    {
        var bias = Make("put tea on it");
        foreach (var token in (int[])[0, 1, 11, 1, 5, 1, 12, 1, 13, 1, 11, 1, 5, 1]) bias.Accept(token); // "name": "cron", "name": "

        Assert.Equal(new float[Tokens.Length], Logits(bias));
    }

    [Fact]
    public void Apply_OutsideOfACall_TakesFromWordsThatAreNotKnown()
    {
        string[] tokens = ["<tool_call>", "1", "2", "7", " at ", "<end>"];
        var bias = new CallBias(
            Hints with { Words = "at on" }, 0, "ring at 12"u8.ToArray(), new TokenVocabulary(tokens.Length, token => Encoding.UTF8.GetBytes(tokens[token]), _ => false, [5]));
        float[] After(int token)
        {
            bias.Accept(token);
            var logits = new float[tokens.Length];
            bias.Apply(logits);
            return logits;
        }

        Assert.Equal([0, 0, -50, -50, 0, 0], After(4));
        Assert.Equal([0, -50, 0, -50, -50, -50], After(1));
        Assert.Equal([0, -50, -50, -50, 0, 0], After(2));

        // What a call says is none of its affair.
        Assert.Equal(new float[tokens.Length], After(0));
        Assert.Equal(new float[tokens.Length], After(3));
    }

    [Fact]
    public void FromFolder_WhatAModelSays_IsReadOrLeft()
    {
        using var folder = new TestKit.TemporaryFolder();
        Assert.Null(CallHints.FromFolder(folder.Path));

        var file = Path.Combine(folder.Path, "tokenizer_config.json");
        foreach (var nothing in (string[])["{}", "[]", "{", """{"tool_calls":{}}""", """{"tool_calls":{"begin":"c","bias":"much","copied":{},"penalty":1}}""", """{"tool_calls":{"begin":"c","bias":1,"copied":{"a":1},"penalty":1}}""", """{"tool_calls":{"begin":"c","bias":1,"copied":{},"whole":1,"penalty":1}}"""])
        {
            File.WriteAllText(file, nothing);
            Assert.Null(CallHints.FromFolder(folder.Path));
        }
        File.WriteAllText(file, """{"tool_calls":{"begin":"<call>","bias":-0.5,"copied":{"a":"","b":"c"},"own":{"b":"d"},"whole":["b"],"penalty":3}}""");
        var hints = CallHints.FromFolder(folder.Path);
        Assert.Equal(("<call>", -0.5f, 3f, "[a, ] [b, c]", "[b, d]", "b"), (hints!.Begin, hints.Bias, hints.Penalty, string.Join(' ', hints.Copied), string.Join(' ', hints.Own), string.Join(' ', hints.Whole)));
    }

    private static CallBias Make(string conversation) => new(
        Hints, 0, Encoding.UTF8.GetBytes(conversation), new TokenVocabulary(Tokens.Length, token => Encoding.UTF8.GetBytes(Tokens[token]), token => token == 9, [9]));

    private static float[] Logits(CallBias bias)
    {
        var logits = new float[Tokens.Length];
        bias.Apply(logits);
        return logits;
    }
}
