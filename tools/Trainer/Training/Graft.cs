using Models.Tokens;
using Trainer.Decoder;

namespace Trainer.Training;

/// <summary>Begins a training with the weights of another one of the same shape, whose vocabulary may be another.</summary>
internal static unsafe class Graft
{
    private const int Bytes = 256;

    /// <summary>Takes over all weights; a token's vector becomes that of the same text, or the mean of the pieces it falls into.</summary>
    /// <param name="run">The training that begins.</param>
    /// <param name="tokenizer">Its tokens.</param>
    /// <param name="from">The other training.</param>
    /// <param name="old">The other's tokens.</param>
    public static void Take(TrainingRun run, Tokenizer tokenizer, TrainingRun from, Tokenizer old)
    {
        if (run.Plan.Shape with { Vocabulary = 0 } != from.Plan.Shape with { Vocabulary = 0 }) throw new InvalidDataException("The other training has another shape.");
        foreach (var (ours, theirs) in run.Table.All.Zip(from.Table.All))
        {
            if (ours.Kind != ParameterKind.Embedding) new ReadOnlySpan<float>(from.Weights.Data + theirs.Offset, (int)theirs.Length).CopyTo(new Span<float>(run.Weights.Data + ours.Offset, (int)ours.Length));
        }
        var width = run.Plan.Shape.Width;
        for (var token = 0; token < tokenizer.VocabularySize; token++)
        {
            var pieces = token < Bytes ? [token] : Pieces(tokenizer.Decode([token], skipSpecialTokens: false), old);
            var vector = new Span<float>(run.Weights.Data + run.Table.Embedding.Offset + (long)token * width, width);
            vector.Clear();
            foreach (var piece in pieces)
            {
                var theirs = new ReadOnlySpan<float>(from.Weights.Data + from.Table.Embedding.Offset + (long)piece * width, width);
                for (var i = 0; i < width; i++) vector[i] += theirs[i] / pieces.Length;
            }
        }
    }

    // A word is best known with the space before it, if the old vocabulary has it so.
    private static int[] Pieces(string text, Tokenizer old) => old.Encode(" " + text, addSpecialTokens: false) is [var whole] ? [whole] : old.Encode(text, addSpecialTokens: false);
}
