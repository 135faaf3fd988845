using Models.Tokens;
using Trainer.Decoder;
using Trainer.Numerics;

namespace Trainer.Training;

/// <summary>Begins a training with the weights of another one of the same shape, whose vocabulary may be another.</summary>
internal static unsafe class Graft
{
    private const int Bytes = 256;

    /// <summary>Takes over all weights; a token's vector becomes that of the same text, or the mean of the pieces it falls into.</summary>
    /// <param name="run">The training that begins.</param>
    /// <param name="tokenizer">Its tokens.</param>
    /// <param name="table">Where the other's parameters lie; all but the embedding are as large as here.</param>
    /// <param name="from">The other's weights.</param>
    /// <param name="old">The other's tokens.</param>
    public static void Take(TrainingRun run, Tokenizer tokenizer, ParameterTable table, FloatBlock from, Tokenizer old)
    {
        foreach (var (ours, theirs) in run.Table.All.Zip(table.All))
        {
            if (ours.Kind != ParameterKind.Embedding) new ReadOnlySpan<float>(from.Data + theirs.Offset, (int)theirs.Length).CopyTo(new Span<float>(run.Weights.Data + ours.Offset, (int)ours.Length));
        }
        var width = run.Plan.Shape.Width;
        for (var token = 0; token < tokenizer.VocabularySize; token++)
        {
            var pieces = token < Bytes ? [token] : Pieces(tokenizer.Decode([token], skipSpecialTokens: false), old);
            var vector = new Span<float>(run.Weights.Data + run.Table.Embedding.Offset + (long)token * width, width);
            vector.Clear();
            foreach (var piece in pieces)
            {
                var theirs = new ReadOnlySpan<float>(from.Data + table.Embedding.Offset + (long)piece * width, width);
                for (var i = 0; i < width; i++) vector[i] += theirs[i] / pieces.Length;
            }
        }
    }

    // A word is best known with the space before it, if the old vocabulary has it so.
    private static int[] Pieces(string text, Tokenizer old) => old.Encode(" " + text, addSpecialTokens: false) is [var whole] ? [whole] : old.Encode(text, addSpecialTokens: false);
}
