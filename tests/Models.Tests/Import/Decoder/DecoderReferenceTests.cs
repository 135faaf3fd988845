using System.Globalization;
using Models.Import;
using Models.Tests.Generation;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Import.Decoder;

/// <summary>Imported decoders of every architecture against llama.cpp's own answers.</summary>
public sealed class DecoderReferenceTests(ITestOutputHelper output)
{
    private static readonly string Answers = Path.Combine(Repository.Root, "tests/Models.Tests/Import/Decoder/llama-cpp-logprobs.txt");

    public static TheoryData<string> Names => [.. ReferenceModels.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Import_Float32_GivesLlamaCppsProbabilities(string name)
    {
        using var folder = new TemporaryFolder();
        var source = folder["model.gguf"];
        ReferenceModels.All[name]().Save(source);
        ModelImporter.Import(source, folder["model"], new ImportOptions { Quantization = Quantization.None }, CancellationToken.None);
        using var decoder = Load(folder["model"], ReferenceModels.Capacity(name));
        var answer = File.ReadLines(Answers).Single(l => l.StartsWith(name + '|', StringComparison.Ordinal))[(name.Length + 1)..];
        double worst = 0;
        // In two chunks, so that positions past the first are worked out too.
        decoder.Run(ReferenceModels.Prompt.AsSpan(0, 25));
        decoder.Run(ReferenceModels.Prompt.AsSpan(25));
        foreach (var step in answer.Split(' '))
        {
            var (token, expected) = (int.Parse(step.Split(':')[0]), double.Parse(step.Split(':')[1], CultureInfo.InvariantCulture));
            worst = Math.Max(worst, Math.Abs(LogProbability(decoder.Logits, token) - expected));
            decoder.Run([token]);
        }
        output.WriteLine($"figure: {name}: largest difference to llama.cpp's log probabilities {worst:E1}");
        Assert.InRange(worst, 0, 2e-5);
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(7, true)]
    public void Import_SlidingWindow_SeesThatManyTokens(int tokensBack, bool changes)
    {
        // One layer whose tokens see 8 tokens, themselves included: the seventh before the last counts, the eighth does not.
        using var folder = new TemporaryFolder();
        new GgufModel { Architecture = "phi3", Layers = 1 }.ToWriter().Add("phi3.attention.sliding_window", 8u).Save(folder["model.gguf"]);
        ModelImporter.Import(folder["model.gguf"], folder["model"], new ImportOptions { Quantization = Quantization.None }, CancellationToken.None);
        using var decoder = Load(folder["model"], 64);
        decoder.Run(ReferenceModels.Prompt);
        var before = decoder.Logits.ToArray();
        var prompt = ReferenceModels.Prompt.ToArray();
        prompt[^(tokensBack + 1)]++;
        decoder.Restart();
        decoder.Run(prompt);
        Assert.Equal(changes, !before.AsSpan().SequenceEqual(decoder.Logits));
    }

    [Theory]
    [InlineData(nameof(GgufKind.Q8_0), 0.01)]
    [InlineData(nameof(GgufKind.Q4_0), 0.01)]
    public void Import_QuantizedSource_KeepsItsNumbers(string kind, double limit)
    {
        // The same stored numbers as blocks and as float32; what differs is only that the operator rounds activations to 8 bits.
        using var folder = new TemporaryFolder();
        new GgufModel { Architecture = "qwen2", Kind = Enum.Parse<GgufKind>(kind), HiddenSize = 128 }.Save(folder["model.gguf"]);
        var report = ModelImporter.Import(folder["model.gguf"], folder["blocks"], new ImportOptions(), CancellationToken.None);
        ModelImporter.Import(folder["model.gguf"], folder["floats"], new ImportOptions { Quantization = Quantization.None }, CancellationToken.None);
        Assert.Empty(report.Losses);
        using var blocks = Load(folder["blocks"], 64);
        using var floats = Load(folder["floats"], 64);
        double divergence = 0;
        foreach (var token in ReferenceModels.Prompt)
        {
            blocks.Run([token]);
            floats.Run([token]);
            for (var i = 0; i < floats.Logits.Length; i++)
            {
                var expected = LogProbability(floats.Logits, i);
                divergence += Math.Exp(expected) * (expected - LogProbability(blocks.Logits, i)) / ReferenceModels.Prompt.Length;
            }
        }
        output.WriteLine($"figure: {kind} as blocks: mean KL divergence to the same numbers as float32 {divergence:F6}");
        Assert.InRange(divergence, 0, limit);
    }

    private static OneSequence Load(string folder, int capacity) => new(folder, capacity);

    private static double LogProbability(ReadOnlySpan<float> logits, int token)
    {
        double most = float.NegativeInfinity, sum = 0;
        foreach (var logit in logits) most = Math.Max(most, logit);
        foreach (var logit in logits) sum += Math.Exp(logit - most);
        return logits[token] - most - Math.Log(sum);
    }
}
