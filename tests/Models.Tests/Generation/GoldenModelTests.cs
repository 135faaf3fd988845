using System.Text.Json;
using Models.Generation;
using Models.Import;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Generation;

/// <summary>The decode loop on real trained weights, against golden tokens that llama.cpp made.</summary>
public sealed class GoldenModelTests(ITestOutputHelper output)
{
    [SharedTheory("models/golden")]
    [InlineData("stories260K", "stories260K-f32.gguf")]
    [InlineData("tinystories-656k", "tinystories-656k-f32.gguf")]
    public async Task Generate_Greedy_GivesTheGoldenTokens(string name, string file)
    {
        using var folder = new TemporaryFolder();
        using var model = Load(folder, name, file, Quantization.None);
        foreach (var (prompt, tokens) in Golden(name)) Assert.Equal(tokens, await Tokens(model, prompt, new() { MaxTokens = 200 }));
    }

    [SharedFact("models/golden")]
    public async Task Generate_AfterOtherPrompts_GivesTheSameTokens()
    {
        // What an earlier prompt left in the cache must not show: run every prompt after every other.
        using var folder = new TemporaryFolder();
        using var model = Load(folder, "tinystories-656k", "tinystories-656k-f32.gguf", Quantization.None);
        var golden = Golden("tinystories-656k").ToArray();
        foreach (var (first, _) in golden)
        {
            await Tokens(model, first, new() { MaxTokens = 10 });
            foreach (var (prompt, tokens) in golden) Assert.Equal(tokens[..30], await Tokens(model, prompt, new() { MaxTokens = 30 }));
        }
    }

    [SharedTheory("models/golden")]
    [InlineData("stories260K", "stories260K-f32.gguf")]
    [InlineData("tinystories-656k", "tinystories-656k-f32.gguf")]
    public void Logits_OfAnInt8Import_StayCloseToFloat32(string name, string file)
    {
        using var exactFolder = new TemporaryFolder();
        using var int8Folder = new TemporaryFolder();
        using var exact = Load(exactFolder, name, file, Quantization.None);
        using var int8 = Load(int8Folder, name, file, Quantization.Int8);
        double sum = 0;
        var count = 0;
        foreach (var (prompt, tokens) in Golden(name))
        {
            // Along the golden text: the divergence of the next-token distribution at every position of the answer.
            int[] text = [.. prompt, .. tokens];
            for (var end = prompt.Length; end < text.Length; end += 4)
            {
                sum += Divergence(exact.LogitsAfter(text.AsSpan(0, end)), int8.LogitsAfter(text.AsSpan(0, end)));
                count++;
            }
        }
        output.WriteLine($"figure: int8 {name}: mean KL divergence to float32 {sum / count:F5} over {count} positions (goal below 0.02)");
        Assert.InRange(sum / count, 0, 0.02);
    }

    [SharedFact("models/golden")]
    public async Task Generate_Cancelled_StopsAndTheModelGoesOn()
    {
        using var folder = new TemporaryFolder();
        using var model = Load(folder, "tinystories-656k", "tinystories-656k-f32.gguf", Quantization.None);
        var (prompt, tokens) = Golden("tinystories-656k").First();
        using var stop = new CancellationTokenSource();
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in model.GenerateAsync(prompt, new() { MaxTokens = 200 }, stop.Token))
                if (++seen == 3) await stop.CancelAsync();
        });
        Assert.Equal(tokens, await Tokens(model, prompt, new() { MaxTokens = 200 }));
    }

    private static LocalLanguageModel Load(TemporaryFolder folder, string name, string file, Quantization quantization)
    {
        ModelImporter.Import(Shared.Find("models", name, file)!, folder.Path, new ImportOptions { Quantization = quantization }, CancellationToken.None);
        return new LocalLanguageModel(name, folder.Path, new EngineOptions());
    }

    private static IEnumerable<(int[] Prompt, int[] Tokens)> Golden(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Shared.Find("models", "golden", name + "-f32-greedy.json")!));
        foreach (var item in json.RootElement.GetProperty("cases").EnumerateArray())
            yield return (Ints(item.GetProperty("prompt_tokens")), Ints(item.GetProperty("tokens")));
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(t => t.GetInt32())];

    private static async Task<int[]> Tokens(LocalLanguageModel model, int[] prompt, GenerationOptions options)
    {
        var tokens = new List<int>();
        await foreach (var step in model.GenerateAsync(prompt, options))
            if (step.Token is { } token) tokens.Add(token);
        return [.. tokens];
    }

    private static double Divergence(double[] p, double[] q)
    {
        double Normalizer(double[] x) => x.Max() + Math.Log(x.Sum(v => Math.Exp(v - x.Max())));
        double a = Normalizer(p), b = Normalizer(q);
        return p.Zip(q, (x, y) => Math.Exp(x - a) * (x - a - (y - b))).Sum();
    }
}
