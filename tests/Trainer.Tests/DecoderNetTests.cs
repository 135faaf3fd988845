using Trainer.Decoder;
using Trainer.Numerics;
using Trainer.Training;
using Xunit.Abstractions;

namespace Trainer.Tests;

public sealed class DecoderNetTests(ITestOutputHelper output)
{
    internal static readonly DecoderShape Small = new() { Vocabulary = 50, Context = 160, Width = 48, Layers = 2, Heads = 4, KvHeads = 2, HeadSize = 16, FeedForward = 80 };

    [Fact]
    public void Loss_Gradients_AgreeWithFiniteDifferences()
    {
        var (table, plan) = (new ParameterTable(Small), Plan());
        using var weights = new FloatBlock(table.Length);
        using var gradients = new FloatBlock(table.Length);
        using var net = new DecoderNet(Small, table, 512);
        FirstWeights.Fill(weights, table, plan);
        var random = new Random(5);
        // Larger than a model begins with, or the derivatives through attention would be too small to be measured in float32.
        foreach (ref var weight in weights.Span) weight *= weight == 1 ? 1 + 0.2f * random.NextSingle() : 6;
        var batch = Batch.Of([Example(random, 100), Example(random, 7), Example(random, 150)]);
        net.Loss(batch, weights, gradients);
        foreach (var parameter in table.All)
        {
            // Along a direction through all numbers of the parameter: that of the gradient, so that none of it can hide, and a random one.
            foreach (var isRandom in new[] { false, true })
            {
                var direction = new float[parameter.Length];
                for (var i = 0; i < direction.Length; i++) direction[i] = isRandom ? random.NextSingle() * 2 - 1 : gradients.Span[(int)parameter.Offset + i];
                var length = MathF.Sqrt(direction.Sum(x => x * x));
                var (expected, step) = (0.0, 0.02f / length);
                for (var i = 0; i < direction.Length; i++) expected += (double)direction[i] / length * gradients.Span[(int)parameter.Offset + i];
                var measured = (At(step) - At(-step)) / (2 * step * length);
                Assert.True(Math.Abs(measured - expected) <= 0.02 * Math.Abs(expected) + 2e-4, $"{parameter.Name}: {measured} by differences, {expected} by the way back");

                double At(float by)
                {
                    for (var i = 0; i < direction.Length; i++) weights.Span[(int)parameter.Offset + i] += by * direction[i];
                    var loss = net.Loss(batch, weights, null);
                    for (var i = 0; i < direction.Length; i++) weights.Span[(int)parameter.Offset + i] -= by * direction[i];
                    return loss;
                }
            }
        }
    }

    [Fact]
    public void Loss_OfSequencesTogether_IsThatOfEachAlone()
    {
        var table = new ParameterTable(Small);
        using var weights = new FloatBlock(table.Length);
        using var net = new DecoderNet(Small, table, 512);
        FirstWeights.Fill(weights, table, Plan());
        var random = new Random(6);
        var examples = Enumerable.Range(0, 4).Select(_ => Example(random, random.Next(2, 120))).ToArray();
        var alone = examples.Select(example => Batch.Of([example])).Sum(batch => net.Loss(batch, weights, null) * batch.Counted);
        var together = Batch.Of(examples);
        Assert.Equal(alone, net.Loss(together, weights, null) * together.Counted, 1e-3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_OnAFewExamples_LearnsThemByHeart(bool isMuon)
    {
        using var run = new TrainingRun(Plan() with { Muon = isMuon }, new Few());
        var first = run.Step().Loss;
        Assert.Equal(Math.Log(Small.Vocabulary), first, 0.2);
        while (run.Steps < run.Plan.Steps) run.Step();
        var last = run.LossOver(new Few(), Few.Count);
        output.WriteLine(FormattableString.Invariant($"figure: trainer{(isMuon ? " with Muon" : "")}: loss {first:F2} before the first step, {last:F3} after {run.Steps}"));
        Assert.InRange(last, 0, 0.1);
    }

    [Fact]
    public void Checkpoint_GoesOn_AsIfItHadNeverStopped()
    {
        using var folder = new TestKit.TemporaryFolder();
        using var whole = new TrainingRun(Plan(), new Few());
        using (var begun = new TrainingRun(Plan(), new Few()))
        {
            for (var i = 0; i < 7; i++)
            {
                whole.Step();
                begun.Step();
            }
            Checkpoint.Save(folder["run"], begun);
        }
        using var resumed = Checkpoint.Load(folder["run"], new Few());
        for (var i = 0; i < 5; i++) Assert.Equal(whole.Step(), resumed.Step());
        Assert.True(whole.Weights.Span.SequenceEqual(resumed.Weights.Span));

        var bytes = File.ReadAllBytes(folder["run"]);
        File.WriteAllBytes(folder["torn"], bytes[..^9]);
        Assert.Throws<InvalidDataException>(() => Checkpoint.Load(folder["torn"], new Few()));
        File.WriteAllBytes(folder["other"], [.. "no checkpoint at all"u8]);
        Assert.Throws<InvalidDataException>(() => Checkpoint.Load(folder["other"], new Few()));
    }

    internal static TrainingPlan Plan() => new() { Shape = Small, Seed = 3, Steps = 150, BatchTokens = 400, Rate = 1e-2f, WarmUp = 10 };

    private static (int[] Tokens, bool[] IsLearnt) Example(Random random, int length) =>
        ([.. Enumerable.Range(0, length).Select(_ => random.Next(Small.Vocabulary))], [.. Enumerable.Range(0, length).Select(_ => random.Next(3) > 0)]);

    internal sealed class Few : IExamples
    {
        public const int Count = 6;

        public (int[] Tokens, bool[] IsLearnt) Get(long number)
        {
            // The first token says which it is; all after it can be known.
            var random = new Random((int)(number % Count));
            int[] tokens = [(int)(number % Count), .. Enumerable.Range(0, 40).Select(_ => random.Next(Small.Vocabulary))];
            return (tokens, [.. tokens.Select((_, i) => i > 0)]);
        }
    }
}
