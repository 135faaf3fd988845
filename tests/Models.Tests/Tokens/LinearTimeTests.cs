using Models.Tokens;
using TestKit;

namespace Models.Tests.Tokens;

/// <summary>Eight times the text takes about eight times the time, on texts that make slow tokenizers quadratic. Ratios, not times.</summary>
[Collection(nameof(LinearTimeTests))]
public class LinearTimeTests
{
    private const int Length = 8_000;

    public static TheoryData<string, string> Cases()
    {
        string[] units = ["a", "A", " ", "\n", "7", "!", "'", "ab ", "'s", "\u0301A", " \n", "你", "<", "<s", "<s>", "\U0001F680", "\u2581", "\u0301\u0316"];
        var cases = new TheoryData<string, string>();
        foreach (var name in (string[])["gpt2", "qwen", "o200k", "llama2", "metaspaceAlways", "bert"])
            foreach (var unit in units)
                cases.Add(name, unit);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_EightTimesTheText_TakesAboutEightTimes(string name, string unit) => AssertLinear(ReferenceTokenizers.Load(name), unit);

    [SharedTheory("tokenizers")]
    [InlineData("qwen2", "a")]
    [InlineData("qwen2", " ")]
    [InlineData("phi-3-mini", "a")]
    [InlineData("phi-3-mini", " ")]
    [InlineData("phi-3-mini", "the cat ")]
    public void Encode_PublishedTokenizer_TakesAboutEightTimes(string name, string unit) =>
        AssertLinear(Tokenizer.FromFolder(Shared.Find("tokenizers", name)!), unit);

    private static void AssertLinear(Tokenizer tokenizer, string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, Length / unit.Length));
        var eight = string.Concat(Enumerable.Repeat(text, 8));
        tokenizer.Encode(text);
        // A quadratic step would take 64 times. This thread's processor time, and the best of several: other work on the machine only adds.
        var ratio = double.MaxValue;
        for (var round = 0; round < 5 && ratio > 24; round++)
            ratio = Math.Min(ratio, Best(() => tokenizer.Encode(eight)) / Best(() => tokenizer.Encode(text)));
        Assert.True(ratio <= 24, $"eight times the text took {ratio:F1} times as long");
    }

    private static double Best(Action action) => ThreadClock.Best(action).TotalMicroseconds + 1;
}

/// <summary>Keeps other tests from running while these take the time.</summary>
[CollectionDefinition(nameof(LinearTimeTests), DisableParallelization = true)]
public sealed class LinearTimeCollection;
