using Models.Generation;
using Models.Import;
using Models.Store;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Generation;

/// <summary>How far logits move when a prompt is computed in pieces, reused, or beside others: int4 and int8 weights, random.</summary>
public sealed class SharedLogitsTests(ITestOutputHelper output)
{
    private const int Length = 150;

    [Theory]
    [InlineData(GgufKind.Q4_0)]
    [InlineData(GgufKind.Q8_0)]
    public void Logits_ReusedOrInCompany_AreThoseOfThePromptAlone(GgufKind kind)
    {
        using var folder = new TemporaryFolder();
        new GgufModel { Architecture = "qwen2", Layers = 3, HiddenSize = 256, FeedForwardSize = 512, Kind = kind, Seed = 8 }.Save(folder["model.gguf"]);
        ModelImporter.Import(folder["model.gguf"], folder["model"], new ImportOptions(), CancellationToken.None);
        var random = new Random(4);
        int[] text = [.. Enumerable.Range(0, Length).Select(_ => random.Next(259))];

        using var alone = new OneSequence(folder["model"], 512);
        alone.Run(text);
        var expected = alone.Logits.ToArray();

        using var pieces = new OneSequence(folder["model"], 512);
        foreach (var piece in text.Chunk(7)) pieces.Run(piece);
        var inPieces = Difference(expected, pieces.Logits);

        pieces.Restart(text.AsSpan(0, 100));
        Assert.Equal(100, pieces.Length);
        pieces.Run(text.AsSpan(100));
        var reused = Difference(expected, pieces.Logits);

        using var decoder = new OnnxDecoder(folder["model"], GenAiConfig.Read(folder["model"]), 512, new EngineOptions());
        ISequence[] company = [.. Enumerable.Range(0, 4).Select(_ => decoder.CreateSequence())];
        for (var at = 0; at < Length; at += 10)
        {
            // Four texts step by step together; ours is the third.
            StepPart[] step = [.. company.Select((sequence, i) =>
                new StepPart(sequence, i == 2 ? text[at..(at + 10)] : [.. Enumerable.Range(0, 1 + 3 * i).Select(_ => random.Next(259))], 1))];
            foreach (var part in step) Assert.True(part.Sequence.TryReserve(part.Tokens.Length));
            decoder.Run(step, CancellationToken.None);
            foreach (var part in step) part.Sequence.Commit(part.Tokens.Span);
        }
        var together = Difference(expected, decoder.Logits(2));
        foreach (var sequence in company) sequence.Dispose();

        output.WriteLine($"figure: {kind}: largest difference of logits in pieces of 7 {inPieces:E1}, with 100 tokens reused {reused:E1}, beside three others {together:E1}");
        Assert.InRange(Math.Max(inPieces, Math.Max(reused, together)), 0, 2e-3);
    }

    private static double Difference(float[] expected, ReadOnlySpan<float> actual)
    {
        double largest = 0, scale = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++) largest = Math.Max(largest, Math.Abs(expected[i] - actual[i]) / scale);
        return largest;
    }
}
