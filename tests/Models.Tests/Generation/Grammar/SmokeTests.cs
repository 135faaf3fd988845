using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Models.Generation.Grammar;
using Xunit.Abstractions;

namespace Models.Tests.Generation.Grammar;

public sealed class SmokeTests(ITestOutputHelper output)
{
    [Fact]
    public void Smoke()
    {
        var schema = JsonDocument.Parse("""{"type":"object","properties":{"name":{"type":"string","maxLength":5},"n":{"type":"integer","minimum":-3,"maximum":120},"d":{"type":"number","exclusiveMinimum":0.5},"tags":{"type":"array","items":{"enum":["a","b"]}},"next":{"$ref":"#"}},"required":["n"]}""").RootElement;
        var g = GrammarCompiler.FromJsonSchema(schema);
        Assert.True(g.Accepts("""{"n": 5}"""));
        Assert.True(g.Accepts("""{"name": "hällo", "n": -3, "d": 0.51, "tags": ["a", "b"], "next": {"n": 120}}"""));
        Assert.False(g.Accepts("""{"name": "hällo1", "n": -3}"""));
        Assert.False(g.Accepts("""{"n": -4}"""));
        Assert.False(g.Accepts("""{"n": 121}"""));
        Assert.False(g.Accepts("""{"n": 1, "d": 0.5}"""));
        Assert.False(g.Accepts("""{}"""));
        var sw = Stopwatch.StartNew();
        var tokenizer = Vocabularies.Tokenizer("qwen2");
        output.WriteLine($"tokenizer {sw.ElapsedMilliseconds}");
        for (var i = 0; i < 3; i++)
        {
            sw.Restart();
            var vv = Vocabularies.Of(tokenizer, "<|endoftext|>");
            output.WriteLine($"vocab {sw.ElapsedMilliseconds} nodes {vv.Trie.Count}");
        }
        var v = Vocabularies.Qwen2;
        var c = new TokenConstraint(g, v);
        var random = new Random(1);
        for (var i = 0; i < 10; i++)
        {
            List<double> times = [];
            var m = c.CreateMatcher();
            var text = Encoding.UTF8.GetString(Walks.Generate(m, v, random, 60, t => times.Add(t * 1e6 / Stopwatch.Frequency)));
            times.Sort();
            output.WriteLine($"{times[times.Count / 2]:F1} {times[^1]:F1} us {text}");
            JsonDocument.Parse(text);
        }
        var matcher = c.CreateMatcher();
        output.WriteLine(string.Join("|", matcher.ForcedTokens().Select(t => Encoding.UTF8.GetString(v.Bytes(t)))));
        foreach (var t in tokenizer.Encode("{\"n\":")) output.WriteLine($"{tokenizer.GetToken(t)} {matcher.Accept(t)}");
        output.WriteLine(string.Join("|", matcher.ForcedTokens().Select(t => Encoding.UTF8.GetString(v.Bytes(t)))));
        output.WriteLine(string.Join("|", matcher.ShortestCompletion()!.Select(t => Encoding.UTF8.GetString(v.Bytes(t)))));
    }
}
