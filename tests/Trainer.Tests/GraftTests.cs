using Models.Tokens;
using TestKit;
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

        (Tokenizer, TrainingRun) Begun(int size, int seed)
        {
            using var folder = new TemporaryFolder();
            BpeTrainer.Learn(Texts, size).Write(folder.Path, ["<|im_end|>"], "<|im_end|>", "");
            var made = Tokenizer.FromFolder(folder.Path);
            return (made, new TrainingRun(DecoderNetTests.Plan() with { Seed = seed, Shape = DecoderNetTests.Small with { Vocabulary = made.VocabularySize } }, NoExamples.Instance));
        }
    }

    private static float[] Vector(TrainingRun run, int token) => run.Weights.Span.Slice((int)run.Table.Embedding.Offset + token * run.Plan.Shape.Width, run.Plan.Shape.Width).ToArray();
}
