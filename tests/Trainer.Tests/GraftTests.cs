using Models.Tokens;
using TestKit;
using Trainer.Decoder;
using Trainer.Numerics;
using Trainer.Tokenizing;
using Trainer.Training;

namespace Trainer.Tests;

public sealed class GraftTests
{
    private static readonly string[] Texts = ["turn the light on in the kitchen", "turn the light off", "the lamp in the hall and the lamp in the shed"];

    [Fact]
    public void Take_FromAnotherVocabulary_GivesEachTextItsVector()
    {
        var ((old, oldRun), (tokenizer, run)) = (Begun(290, seed: 1), Begun(270, seed: 2));
        using (oldRun)
        using (run)
        {
            Graft.Take(run, tokenizer, oldRun.Table, oldRun.Weights, old);
            for (var token = 0; token < tokenizer.VocabularySize; token++)
            {
                var theirs = token < 256 ? token : Assert.Single(old.Encode(tokenizer.Decode([token], skipSpecialTokens: false)));
                Assert.Equal(Vector(oldRun, theirs), Vector(run, token));
            }
            foreach (var (ours, theirs) in run.Table.All.Zip(oldRun.Table.All).Skip(1))
                Assert.True(oldRun.Weights.Span.Slice((int)theirs.Offset, (int)theirs.Length).SequenceEqual(run.Weights.Span.Slice((int)ours.Offset, (int)ours.Length)), ours.Name);
        }

    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Take_WithMoreLayers_SaysTheSame_AndLearnsInAllOfThem(int layers)
    {
        var ((old, oldRun), (tokenizer, run)) = (Begun(290, seed: 1), Begun(290, seed: 2, layers));
        using (oldRun)
        using (run)
        {
            var batch = Batch.Of([.. Texts.Select(text => tokenizer.Encode(text)).Select(tokens => (tokens, tokens.Select(_ => true).ToArray()))]);
            DecoderNet former = new(oldRun.Plan.Shape, oldRun.Table, 256), grown = new(run.Plan.Shape, run.Table, 256);
            using (former)
            using (grown)
            {
                Graft.Take(run, tokenizer, oldRun.Table, oldRun.Weights, old);
                using var gradients = new FloatBlock(run.Table.Length);
                Assert.Equal(former.Loss(batch, oldRun.Weights, null), grown.Loss(batch, run.Weights, gradients), 1e-5);
                foreach (var residual in run.Table.All.Where(p => p.Kind == ParameterKind.Residual))
                    Assert.Contains(gradients.Span.Slice((int)residual.Offset, (int)residual.Length).ToArray(), g => g != 0);
            }
        }
    }

    private static (Tokenizer Tokenizer, TrainingRun Run) Begun(int size, int seed, int? layers = null)
    {
        using var folder = new TemporaryFolder();
        BpeTrainer.Learn(Texts, size).Write(folder.Path, ["<|im_end|>"], "<|im_end|>", "");
        var made = Tokenizer.FromFolder(folder.Path);
        var shape = DecoderNetTests.Small with { Vocabulary = made.VocabularySize };
        return (made, new TrainingRun(DecoderNetTests.Plan() with { Seed = seed, Shape = shape with { Layers = layers ?? shape.Layers } }, NoExamples.Instance));
    }

    private static float[] Vector(TrainingRun run, int token) => run.Weights.Span.Slice((int)run.Table.Embedding.Offset + token * run.Plan.Shape.Width, run.Plan.Shape.Width).ToArray();
}
