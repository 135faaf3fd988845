using Models.Tokens;
using Trainer.Decoder;
using Trainer.Numerics;

namespace Trainer.Training;

/// <summary>Begins a training with the weights of another one of the same shape, whose vocabulary may be another and whose layers fewer.</summary>
internal static unsafe class Graft
{
    private const int Bytes = 256;

    /// <summary>
    /// Takes over all weights. A token's vector becomes that of the same text, or the mean of the pieces it falls into. A layer more is the one before it
    /// once again, adding nothing to the stream yet (Wu et al. 2024, LLaMA Pro): what comes out is the same.
    /// </summary>
    /// <param name="run">The training that begins.</param>
    /// <param name="tokenizer">Its tokens.</param>
    /// <param name="table">Where the other's parameters lie; all but the embedding are as large as here, and it has no more layers.</param>
    /// <param name="from">The other's weights.</param>
    /// <param name="former">The other's tokens.</param>
    public static void Take(TrainingRun run, Tokenizer tokenizer, ParameterTable table, FloatBlock from, Tokenizer former)
    {
        var (layers, olds) = (run.Table.Layers, table.Layers);
        for (var i = 0; i < layers.Count; i++)
        {
            var old = i * olds.Count / layers.Count;
            var isMore = i > 0 && (i - 1) * olds.Count / layers.Count == old;
            foreach (var (ours, theirs) in layers[i].All.Zip(olds[old].All))
            {
                if (isMore && ours.Kind == ParameterKind.Residual) Of(run.Weights, ours).Clear();
                else Of(from, theirs).CopyTo(Of(run.Weights, ours));
            }
        }
        Of(from, table.FinalGain).CopyTo(Of(run.Weights, run.Table.FinalGain));
        var width = run.Plan.Shape.Width;
        for (var token = 0; token < tokenizer.VocabularySize; token++)
        {
            var pieces = token < Bytes ? [token] : Pieces(tokenizer.Decode([token], skipSpecialTokens: false), former);
            var vector = new Span<float>(run.Weights.Data + run.Table.Embedding.Offset + (long)token * width, width);
            vector.Clear();
            foreach (var piece in pieces)
            {
                var theirs = new ReadOnlySpan<float>(from.Data + table.Embedding.Offset + (long)piece * width, width);
                for (var i = 0; i < width; i++) vector[i] += theirs[i] / pieces.Length;
            }
        }
    }

    private static Span<float> Of(FloatBlock block, Parameter parameter) => new(block.Data + parameter.Offset, (int)parameter.Length);

    // A word is best known with the space before it, if the old vocabulary has it so.
    private static int[] Pieces(string text, Tokenizer old) => old.Encode(" " + text, addSpecialTokens: false) is [var whole] ? [whole] : old.Encode(text, addSpecialTokens: false);
}
