using Models.Generation;
using Models.Import;
using Models.Onnx.Attention;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Generation;

/// <summary>The decode loop on real trained weights, against golden tokens that llama.cpp made.</summary>
public sealed class GoldenModelTests(ITestOutputHelper output)
{
    [SharedTheory("models/golden")]
    [InlineData("stories260K")]
    [InlineData("tinystories-656k")]
    public async Task Generate_Greedy_GivesTheGoldenTokens(string name)
    {
        using var folder = new TemporaryFolder();
        using var model = GoldenModels.Load(folder, name);
        foreach (var (prompt, tokens) in GoldenModels.Cases(name)) Assert.Equal(tokens, await Tokens(model, prompt, new() { MaxTokens = 200 }));
    }

    [SharedFact("models/golden")]
    public async Task Generate_AfterOtherPrompts_GivesTheSameTokens()
    {
        // What an earlier prompt left in the cache must not show: run every prompt after every other.
        using var folder = new TemporaryFolder();
        using var model = GoldenModels.Load(folder, "tinystories-656k");
        var golden = GoldenModels.Cases("tinystories-656k").ToArray();
        foreach (var (first, _) in golden)
        {
            await Tokens(model, first, new() { MaxTokens = 10 });
            foreach (var (prompt, tokens) in golden) Assert.Equal(tokens[..30], await Tokens(model, prompt, new() { MaxTokens = 30 }));
        }
    }

    [SharedTheory("models/golden")]
    [InlineData("stories260K")]
    [InlineData("tinystories-656k")]
    public void Logits_OfAnInt8Import_StayCloseToFloat32(string name)
    {
        using var exactFolder = new TemporaryFolder();
        using var int8Folder = new TemporaryFolder();
        GoldenModels.Import(exactFolder, name);
        GoldenModels.Import(int8Folder, name, Quantization.Int8);
        using var exact = new OneSequence(exactFolder.Path, 512);
        using var int8 = new OneSequence(int8Folder.Path, 512);
        var divergence = MeanDivergence(name, exact, int8);
        output.WriteLine($"figure: int8 {name}: mean KL divergence to float32 {divergence:F5} (goal below 0.02)");
        Assert.InRange(divergence, 0, 0.02);
    }

    [SharedTheory("models/golden")]
    [InlineData("stories260K", KvType.Float16, 0.0001)]
    [InlineData("stories260K", KvType.Int8, 0.005)]
    [InlineData("tinystories-656k", KvType.Float16, 0.0001)]
    [InlineData("tinystories-656k", KvType.Int8, 0.005)]
    public void Logits_WithKeysAndValuesInFewerBits_StayClose(string name, KvType type, double limit)
    {
        using var folder = new TemporaryFolder();
        GoldenModels.Import(folder, name);
        using var exact = new OneSequence(folder.Path, 512);
        using var kept = new OneSequence(folder.Path, 512, new EngineOptions { KvType = type });
        var divergence = MeanDivergence(name, exact, kept);
        output.WriteLine($"figure: keys and values in {type}, {name}: mean KL divergence to float32 {divergence:F6}");
        Assert.InRange(divergence, 0, limit);
    }

    // Along the golden texts: the divergence of the next-token distribution at every fourth position of the answers.
    private static double MeanDivergence(string name, OneSequence exact, OneSequence other)
    {
        double sum = 0;
        var count = 0;
        foreach (var (prompt, tokens) in GoldenModels.Cases(name))
        {
            exact.Restart();
            other.Restart();
            foreach (var piece in (int[][])[prompt, .. tokens.SkipLast(1).Chunk(4)])
            {
                exact.Run(piece);
                other.Run(piece);
                sum += Divergence(Doubles(exact.Logits), Doubles(other.Logits));
                count++;
            }
        }
        return sum / count;
    }

    [SharedFact("models/golden")]
    public async Task Generate_Cancelled_StopsAndTheModelGoesOn()
    {
        using var folder = new TemporaryFolder();
        using var model = GoldenModels.Load(folder, "tinystories-656k");
        var (prompt, tokens) = GoldenModels.Cases("tinystories-656k").First();
        using var stop = new CancellationTokenSource();
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in model.GenerateAsync(prompt, new() { MaxTokens = 200 }, stop.Token))
                if (++seen == 3) await stop.CancelAsync();
        });
        Assert.Equal(tokens, await Tokens(model, prompt, new() { MaxTokens = 200 }));
    }

    private static async Task<int[]> Tokens(LocalLanguageModel model, int[] prompt, GenerationOptions options)
    {
        var tokens = new List<int>();
        await foreach (var step in model.GenerateAsync(prompt, options))
            if (step.Token is { } token) tokens.Add(token);
        return [.. tokens];
    }

    private static double[] Doubles(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);

    private static double Divergence(double[] p, double[] q)
    {
        double Normalizer(double[] x) => x.Max() + Math.Log(x.Sum(v => Math.Exp(v - x.Max())));
        double a = Normalizer(p), b = Normalizer(q);
        return p.Zip(q, (x, y) => Math.Exp(x - a) * (x - a - (y - b))).Sum();
    }
}
