using System.Text.Json;
using TestKit;

namespace EndToEnd;

/// <summary><c>appliance bench</c> on a real model, one whose context is shorter than the prompt it measures by default.</summary>
public sealed class BenchTests(StoryModel story) : IClassFixture<StoryModel>
{
    [SharedFact(StoryModel.Reference)]
    public async Task Bench_OfASmallModel_MeasuresEverythingWithinItsContext()
    {
        var result = await ApplianceBinary.RunAsync(story.Home, "bench", "--model", "story", "--rounds", "1", "--json");
        Assert.True(result.ExitCode == 0, result.Error);
        var report = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(510, report.GetProperty("prompt_tokens").GetInt32());
        foreach (var name in (string[])["load_ms", "prefill_tokens_per_second", "decode_tokens_per_second", "drafted_tokens_per_second", "first_token_ms",
            "warm_first_token_ms", "restored_first_token_ms"]) Assert.True(report.GetProperty(name).GetDouble() > 0, name);
        Assert.Equal([2, 4, 8], report.GetProperty("streams").EnumerateArray().Select(stream => stream.GetProperty("streams").GetInt32()));
        Assert.Contains("story", report.GetProperty("fits").EnumerateArray().Select(fit => fit.GetProperty("model").GetString()));
        // A prompt that is known is only looked up, also after a restart.
        Assert.True(report.GetProperty("warm_first_token_ms").GetDouble() < report.GetProperty("first_token_ms").GetDouble());

        var text = await ApplianceBinary.RunAsync(story.Home, "bench", "--model", "story", "--rounds", "1", "--prompt", "64", "--generate", "16");
        Assert.Contains("4 at once", text.Output, StringComparison.Ordinal);
        Assert.Contains("fits           story: with 512 tokens of context", text.Output, StringComparison.Ordinal);
    }
}
