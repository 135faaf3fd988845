using Models.Generation;
using Models.Generation.Copying;

namespace Models.Tests.Generation.Copying;

public sealed class CallCertaintyTests
{
    private const int Begin = 7;
    private readonly List<GenerationOptions> _asked = [];

    [Theory]
    [InlineData(-0.2, -0.3, "call")]
    [InlineData(-0.2, -0.9, "text")]
    [InlineData(-1.1, 0.0, "text")]
    [InlineData(null, -9.0, "call")]
    public async Task Hold_ACall_IsMadeWhereItIsSureEnoughOrWasNoChoice(double? first, double second, string expected)
    {
        var steps = await HoldAsync([new(Begin, "ca") { LogProbability = first }, new(1, "ll", FinishReason.Stop) { LogProbability = second }]);

        Assert.Equal(expected, string.Concat(steps.Select(step => step.Text)));
        Assert.Equal(FinishReason.Stop, steps[^1].Finish);
        Assert.Equal(expected == "call" ? 1 : 2, _asked.Count);
        if (expected == "text") Assert.Equal((-3, true), (_asked[1].LogitBias![5], _asked[1].LogitBias![Begin] < -100));
    }

    [Fact]
    public async Task Hold_ACallWithoutAnEnd_IsNotMadeHoweverSureItIs()
    {
        var steps = await HoldAsync([new(Begin, "ca") { LogProbability = -0.1 }, new(1, "l", FinishReason.Length) { LogProbability = -0.1 }]);

        Assert.Equal("text", Assert.Single(steps).Text);
    }

    [Fact]
    public async Task Hold_Text_ComesAtOnceHoweverUnsureItIs()
    {
        var more = new TaskCompletionSource();
        async IAsyncEnumerable<GenerationStep> Generate(GenerationOptions _)
        {
            yield return new(1, "te") { LogProbability = -5 };
            await more.Task;
            yield return new(Begin, "xt", FinishReason.Stop) { LogProbability = -5 };
        }
        await using var steps = CallCertainty.HoldAsync(Generate, new GenerationOptions(), Begin, -1).GetAsyncEnumerator();
        Assert.True(await steps.MoveNextAsync());
        Assert.Equal("te", steps.Current.Text);
        more.SetResult();
        Assert.True(await steps.MoveNextAsync());
        Assert.Equal("xt", steps.Current.Text);
        Assert.False(await steps.MoveNextAsync());
    }

    private async Task<List<GenerationStep>> HoldAsync(GenerationStep[] first)
    {
        async IAsyncEnumerable<GenerationStep> Generate(GenerationOptions options)
        {
            _asked.Add(options);
            await Task.Yield();
            foreach (var step in _asked.Count == 1 ? first : [new(1, "text", FinishReason.Stop)]) yield return step;
        }
        var options = new GenerationOptions { LogitBias = new Dictionary<int, float> { [5] = -3 } };
        return await CallCertainty.HoldAsync(Generate, options, Begin, -1).ToListAsync();
    }
}
