using System.Text.Json;
using TestKit;

namespace EndToEnd;

/// <summary>Real trained weights through the published binary: greedy tokens equal those llama.cpp made.</summary>
public sealed class GoldenTests
{
    [SharedTheory("models/golden")]
    [InlineData("stories260K", "stories260K/stories260K-f32.gguf")]
    [InlineData("stories260K", "stories260K/stories260K.bin")]
    [InlineData("stories260K", "stories260K#safetensors")]
    [InlineData("tinystories-656k", "tinystories-656k/tinystories-656k-f32.gguf")]
    [InlineData("tinystories-656k", "tinystories-656k")]
    public async Task Run_GreedyOnEveryGoldenCase_GivesTheGoldenTokens(string golden, string source)
    {
        using var home = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        var path = Source(source, folder);
        var import = await ApplianceBinary.RunAsync(home.Path, "models", "import", path, "--as", "golden", "--quantize", "none");
        Assert.True(import.ExitCode == 0, import.Error);

        using var cases = JsonDocument.Parse(File.ReadAllText(Shared.Find("models", "golden", golden + "-f32-greedy.json")!));
        var seen = 0;
        foreach (var expected in cases.RootElement.GetProperty("cases").EnumerateArray())
        {
            var run = await ApplianceBinary.RunAsync(
                home.Path, "run", expected.GetProperty("prompt").GetString()!, "--raw", "--json", "--max-tokens", "200");
            Assert.True(run.ExitCode == 0, run.Error);
            using var actual = JsonDocument.Parse(run.Output);
            Assert.Equal(Tokens(expected, "prompt_tokens"), Tokens(actual.RootElement, "prompt_tokens"));
            Assert.Equal(Tokens(expected, "tokens"), Tokens(actual.RootElement, "tokens"));
            var stopped = expected.GetProperty("stop_type").GetString() == "eos";
            Assert.Equal(stopped ? "stop" : "length", actual.RootElement.GetProperty("finish_reason").GetString());
            seen++;
        }
        Assert.Equal(7, seen);
    }

    // stories260K has no tokenizer.json of its own: its safetensors go with the vocabulary file that lies beside them.
    private static string Source(string source, TemporaryFolder folder)
    {
        if (!source.EndsWith("#safetensors", StringComparison.Ordinal)) return Shared.Find(["models", .. source.Split('/')])!;
        foreach (var name in new[] { "model.safetensors", "config.json", "tok512.bin" })
            File.Copy(Shared.Find("models", "stories260K", name)!, folder[name]);
        return folder.Path;
    }

    private static int[] Tokens(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(t => t.GetInt32())];
}
