using Models.Generation;
using Models.Generation.Sampling;

namespace Models.Tests.Generation.Sampling;

public sealed class SamplerTests
{
    private static readonly float[] Logits = [1.0f, 3.0f, 2.0f, -1.0f, 0.5f, 2.5f];

    private static int[] Draw(GenerationOptions options, int count, float[]? logits = null)
    {
        var sampler = new Sampler(options, []);
        return [.. Enumerable.Range(0, count).Select(_ => sampler.Next([.. logits ?? Logits]))];
    }

    [Fact]
    public void Next_AtTemperatureZero_TakesTheFirstLargest()
    {
        Assert.All(Draw(new(), 10), token => Assert.Equal(1, token));
        Assert.Equal(2, Sampler.Argmax([0, 1, 7, 7, 3, 7]));
    }

    [Fact]
    public void Argmax_OfEveryLength_AgreesWithAScalarSearch()
    {
        var random = new Random(7);
        for (var length = 1; length < 200; length++)
        {
            var values = Enumerable.Range(0, length).Select(_ => (float)Math.Round(random.NextDouble() * 20 - 10)).ToArray();
            Assert.Equal(Array.IndexOf(values, values.Max()), Sampler.Argmax(values));
        }
    }

    [Fact]
    public void Argmax_WithNaN_TakesTheLargestNumber() => Assert.Equal(1, Sampler.Argmax([float.NaN, 2, float.NaN, 1, 0, 0, 0, 0, 0, 0]));

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(2)]
    public void LogProbability_OfWhatWasChosen_IsThatOfTheWholeVocabularyAtTemperatureOne(float temperature)
    {
        var (options, sum) = (new GenerationOptions { Temperature = temperature, Seed = 3, TopK = 4 }, Logits.Sum(l => Math.Exp(l)));
        var (measuring, plain) = (new Sampler(options with { MeasureCertainty = true }, []), new Sampler(options, []));
        for (var i = 0; i < 20; i++)
        {
            var token = measuring.Next([.. Logits]);
            Assert.Equal(Math.Log(Math.Exp(Logits[token]) / sum), measuring.LogProbability!.Value, 1e-5);
            // It changes nothing of what is chosen.
            Assert.Equal(plain.Next([.. Logits]), token);
        }
        Assert.Null(plain.LogProbability);
    }

    [Fact]
    public void Next_WithOneSeed_RepeatsItself_AndWithAnotherDoesNot()
    {
        var first = Draw(new() { Temperature = 1, Seed = 5 }, 64);
        Assert.Equal(first, Draw(new() { Temperature = 1, Seed = 5 }, 64));
        Assert.NotEqual(first, Draw(new() { Temperature = 1, Seed = 6 }, 64));
    }

    [Fact]
    public void Next_AtTemperatureOne_FollowsTheSoftmax()
    {
        const int draws = 40_000;
        var counts = Draw(new() { Temperature = 1, Seed = 1 }, draws).CountBy(t => t).ToDictionary();
        var sum = Logits.Sum(l => Math.Exp(l));
        for (var token = 0; token < Logits.Length; token++)
        {
            var expected = Math.Exp(Logits[token]) / sum;
            // Five standard deviations of a binomial.
            var tolerance = 5 * Math.Sqrt(expected * (1 - expected) / draws);
            Assert.InRange((double)counts.GetValueOrDefault(token) / draws, expected - tolerance, expected + tolerance);
        }
    }

    [Fact]
    public void Next_WithTopK_StaysAmongTheKLikeliest() =>
        Assert.Equal([1, 5], Draw(new() { Temperature = 5, TopK = 2, Seed = 1 }, 500).Distinct().Order());

    [Fact]
    public void Next_WithTopP_StaysInTheNucleus()
    {
        // Probabilities: 1 → .45, 5 → .27, 2 → .17, …: two tokens reach 0.6.
        Assert.Equal([1, 5], Draw(new() { Temperature = 1, TopP = 0.6f, Seed = 1 }, 2000).Distinct().Order());
    }

    [Fact]
    public void Next_WithMinP_LeavesOutTheUnlikely()
    {
        // e^-0.5 = .61 and e^-1 = .37 of the likeliest stay above 0.3; e^-2 does not.
        Assert.Equal([1, 2, 5], Draw(new() { Temperature = 1, MinP = 0.3f, Seed = 1 }, 2000).Distinct().Order());
    }

    [Fact]
    public void Next_WithRepetitionPenalty_MovesOnFromThePrompt()
    {
        var sampler = new Sampler(new() { RepetitionPenalty = 2 }, [1]);
        Assert.Equal(5, sampler.Next([.. Logits]));
    }

    [Fact]
    public void Next_WithPresenceAndFrequencyPenalty_CountsOnlyWhatItMade()
    {
        var presence = new Sampler(new() { PresencePenalty = 1 }, [1]);
        Assert.Equal([1, 5, 1], Enumerable.Range(0, 3).Select(_ => presence.Next([.. Logits])));
        // 1: 3.0 → 2.4 after one, 1.8 after two; 5: 2.5 → 1.9.
        var frequency = new Sampler(new() { FrequencyPenalty = 0.6f }, [1]);
        Assert.Equal([1, 5, 1, 2], Enumerable.Range(0, 4).Select(_ => frequency.Next([.. Logits])));
    }

    [Fact]
    public void Next_WithLogitBias_ObeysIt()
    {
        Assert.Equal(3, Draw(new() { LogitBias = new Dictionary<int, float> { [3] = 100 } }, 1)[0]);
        Assert.Equal(5, Draw(new() { LogitBias = new Dictionary<int, float> { [1] = -100, [99] = 5 } }, 1)[0]);
    }

    [Theory]
    [InlineData(-1, 1f, 0f, "max_tokens")]
    [InlineData(1, 0f, 0f, "top_p")]
    [InlineData(1, 1f, -1f, "temperature")]
    [InlineData(1, 1f, float.NaN, "temperature")]
    public void Validate_OutOfRange_NamesTheParameter(int maxTokens, float topP, float temperature, string parameter)
    {
        var error = Assert.Throws<GenerationException>(() => new GenerationOptions { MaxTokens = maxTokens, TopP = topP, Temperature = temperature }.Validate());
        Assert.Equal(parameter, error.Parameter);
    }

    [Theory]
    [InlineData(40, 1f, 1f)]
    [InlineData(0, 0.9f, 1f)]
    [InlineData(0, 0.3f, 0.2f)]
    [InlineData(100, 0.5f, 2f)]
    [InlineData(0, 1f, 1f)]
    public void Next_OfALargeVocabulary_DrawsFromTheSameTokensAsSortingAll(int topK, float topP, float temperature)
    {
        var random = new Random(3);
        var logits = Enumerable.Range(0, 5003).Select(_ => (float)(random.NextDouble() * random.NextDouble() * 12)).ToArray();
        var sorted = logits.Select((logit, token) => (Token: token, Weight: Math.Exp((logit - logits.Max()) / temperature)))
            .OrderByDescending(t => t.Weight).Take(topK > 0 ? topK : int.MaxValue).ToList();
        var all = sorted.Sum(t => t.Weight);
        double sum = 0;
        var allowed = topP == 1 ? sorted : sorted.TakeWhile(t => (sum += t.Weight) - t.Weight < topP * all).ToList();

        const int draws = 20_000;
        var counts = Draw(new() { TopK = topK, TopP = topP, Temperature = temperature, Seed = 9 }, draws, logits).CountBy(t => t).ToDictionary();

        // A token whose share ends exactly at the limit may be in or out by rounding.
        Assert.All(counts.Keys, token => Assert.Contains(token, allowed.Select(t => t.Token).Append(sorted[Math.Min(allowed.Count, sorted.Count - 1)].Token)));
        var likeliest = allowed[0];
        var expected = likeliest.Weight / allowed.Sum(t => t.Weight) * draws;
        Assert.InRange(counts.GetValueOrDefault(likeliest.Token), expected - 6 * Math.Sqrt(expected) - 2, expected + 6 * Math.Sqrt(expected) + 2);
    }
}
