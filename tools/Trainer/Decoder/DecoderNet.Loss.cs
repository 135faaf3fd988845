using Trainer.Numerics;

namespace Trainer.Decoder;

// The logits and the cross-entropy, only of tokens that have a target, in blocks: all of them at once would be the largest thing in memory.
internal sealed unsafe partial class DecoderNet
{
    private const int LogitBlock = 512;

    private double Foretell(Batch batch, FloatBlock weights, FloatBlock? gradients)
    {
        var (rows, width) = (batch.Tokens.Length, _shape.Width);
        Norm(At(_last, width), _table.FinalGain, weights, rows);
        var normed = At(_normed, width);
        var counted = Enumerable.Range(0, rows).Where(row => batch.Targets[row] >= 0).ToArray();
        // The derivative by what was normed, of all rows; those without a target have none.
        if (gradients is not null) new Span<float>(_stream.Data, rows * width).Clear();
        using var block = new FloatBlock((long)LogitBlock * _shape.Vocabulary);
        using var compact = new FloatBlock((long)LogitBlock * width);
        using var slopes = new FloatBlock((long)LogitBlock * width);
        var loss = 0.0;
        for (var from = 0; from < counted.Length; from += LogitBlock)
        {
            var count = Math.Min(LogitBlock, counted.Length - from);
            var (logits, some, slope, embedding) = (At(block, _shape.Vocabulary), At(compact, width), At(slopes, width), At(weights, _table.Embedding));
            for (var i = 0; i < count; i++) new ReadOnlySpan<float>(normed.At(counted[from + i], 0), width).CopyTo(new Span<float>(some.At(i, 0), width));
            Gemm.MultiplyInParallel(count, _shape.Vocabulary, width, some, embedding.Transposed, logits);
            var losses = new double[count];
            Rows.Each(count, i =>
            {
                var row = logits.At(i, 0);
                var target = batch.Targets[counted[from + i]];
                var logit = row[target];
                losses[i] = Rows.Softmax(row, _shape.Vocabulary, _shape.Vocabulary, 1) - logit;
                row[target] -= 1;
                for (var j = 0; j < _shape.Vocabulary; j++) row[j] /= counted.Length;
            });
            loss += losses.Sum();
            if (gradients is null) continue;
            Gemm.MultiplyInParallel(_shape.Vocabulary, width, count, logits.Transposed, some, At(gradients, _table.Embedding), adds: true);
            Gemm.MultiplyInParallel(count, width, _shape.Vocabulary, logits, embedding, slope);
            var stream = At(_stream, width);
            for (var i = 0; i < count; i++) new ReadOnlySpan<float>(slope.At(i, 0), width).CopyTo(new Span<float>(stream.At(counted[from + i], 0), width));
        }
        if (gradients is not null)
        {
            // _normed takes what _stream holds, and _stream becomes the derivative by the last layer's output.
            new ReadOnlySpan<float>(_stream.Data, rows * width).CopyTo(new Span<float>(_normed.Data, rows * width));
            new Span<float>(_stream.Data, rows * width).Clear();
            NormBack(At(_last, width), _table.FinalGain, weights, gradients, rows);
        }
        return loss / Math.Max(1, counted.Length);
    }

    /// <summary>The likeliest token after each token of a batch that has a target, whatever the target is.</summary>
    public int[] Likeliest(Batch batch, FloatBlock weights)
    {
        var (rows, width) = (batch.Tokens.Length, _shape.Width);
        Embed(batch, weights);
        for (var i = 0; i < _layers.Length; i++) Forward(batch, i, weights);
        Norm(At(_last, width), _table.FinalGain, weights, rows);
        var counted = Enumerable.Range(0, rows).Where(row => batch.Targets[row] >= 0).ToArray();
        var likeliest = new int[counted.Length];
        using var logits = new FloatBlock(_shape.Vocabulary);
        for (var i = 0; i < counted.Length; i++)
        {
            Gemm.MultiplyInParallel(1, _shape.Vocabulary, width, At(_normed, width).From(counted[i], 0), At(weights, _table.Embedding).Transposed, At(logits, _shape.Vocabulary));
            for (var token = 1; token < _shape.Vocabulary; token++)
            {
                if (logits.Data[token] > logits.Data[likeliest[i]]) likeliest[i] = token;
            }
        }
        return likeliest;
    }
}
