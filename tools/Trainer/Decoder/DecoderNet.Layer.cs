using Trainer.Numerics;

namespace Trainer.Decoder;

// A layer, forward and back: attention and SwiGLU, each behind an RMSNorm and added to the stream.
internal sealed unsafe partial class DecoderNet
{
    private void Forward(Batch batch, int index, FloatBlock weights)
    {
        var (rows, of, layer) = (batch.Tokens.Length, _table.Layers[index], _layers[index]);
        var (input, middle) = (At(layer.Input, _shape.Width), At(layer.Middle, _shape.Width));
        var output = At(index + 1 < _layers.Length ? _layers[index + 1].Input : _last, _shape.Width);

        Norm(input, of.AttentionGain, weights, rows);
        Gemm.MultiplyInParallel(rows, _shape.QkvWidth, _shape.Width, At(_normed, _shape.Width), At(weights, of.Qkv), At(layer.Qkv, _shape.QkvWidth));
        Rotate(batch, layer.Qkv, isBack: false);
        Attend(batch, layer);
        Copy(input, middle, rows);
        Gemm.MultiplyInParallel(rows, _shape.Width, _shape.AttentionWidth, At(layer.Attended, _shape.AttentionWidth), At(weights, of.AttentionOut), middle, adds: true);

        Norm(middle, of.FeedGain, weights, rows);
        Gemm.MultiplyInParallel(rows, 2 * _shape.FeedForward, _shape.Width, At(_normed, _shape.Width), At(weights, of.GateUp), At(layer.GateUp, 2 * _shape.FeedForward));
        Gate(layer, rows);
        Copy(middle, output, rows);
        Gemm.MultiplyInParallel(rows, _shape.Width, _shape.FeedForward, At(_wide, _shape.FeedForward), At(weights, of.Down), output, adds: true);
    }

    // The derivative by the layer's output is in _stream; afterwards that by its input is.
    private void Back(Batch batch, int index, FloatBlock weights, FloatBlock gradients)
    {
        var (rows, of, layer) = (batch.Tokens.Length, _table.Layers[index], _layers[index]);
        var (input, middle, stream, normed) = (At(layer.Input, _shape.Width), At(layer.Middle, _shape.Width), At(_stream, _shape.Width), At(_normed, _shape.Width));
        var (gateUp, gated) = (At(layer.GateUp, 2 * _shape.FeedForward), At(_wide, _shape.FeedForward));

        Gate(layer, rows);
        Gemm.MultiplyInParallel(_shape.FeedForward, _shape.Width, rows, gated.Transposed, stream, At(gradients, of.Down), adds: true);
        Gemm.MultiplyInParallel(rows, _shape.FeedForward, _shape.Width, stream, At(weights, of.Down).Transposed, gated);
        Rows.Each(rows, row => Rows.GateBack(gated.At(row, 0), gateUp.At(row, 0), _shape.FeedForward));
        Norm(middle, of.FeedGain, weights, rows);
        Gemm.MultiplyInParallel(_shape.Width, 2 * _shape.FeedForward, rows, normed.Transposed, gateUp, At(gradients, of.GateUp), adds: true);
        Gemm.MultiplyInParallel(rows, _shape.Width, 2 * _shape.FeedForward, gateUp, At(weights, of.GateUp).Transposed, normed);
        NormBack(middle, of.FeedGain, weights, gradients, rows);

        var (attended, queries) = (At(_attended, _shape.AttentionWidth), At(_queries, _shape.QkvWidth));
        Gemm.MultiplyInParallel(_shape.AttentionWidth, _shape.Width, rows, At(layer.Attended, _shape.AttentionWidth).Transposed, stream, At(gradients, of.AttentionOut), adds: true);
        Gemm.MultiplyInParallel(rows, _shape.AttentionWidth, _shape.Width, stream, At(weights, of.AttentionOut).Transposed, attended);
        AttendBack(batch, layer);
        Rotate(batch, _queries, isBack: true);
        Norm(input, of.AttentionGain, weights, rows);
        Gemm.MultiplyInParallel(_shape.Width, _shape.QkvWidth, rows, normed.Transposed, queries, At(gradients, of.Qkv), adds: true);
        Gemm.MultiplyInParallel(rows, _shape.Width, _shape.QkvWidth, queries, At(weights, of.Qkv).Transposed, normed);
        NormBack(input, of.AttentionGain, weights, gradients, rows);
    }

    private void Gate(LayerActivations layer, int rows)
    {
        var (from, to) = (At(layer.GateUp, 2 * _shape.FeedForward), At(_wide, _shape.FeedForward));
        Rows.Each(rows, row => Rows.Gate(from.At(row, 0), to.At(row, 0), _shape.FeedForward));
    }

    private void Rotate(Batch batch, FloatBlock qkv, bool isBack)
    {
        var (of, half) = (At(qkv, _shape.QkvWidth), _shape.HeadSize / 2);
        for (var sequence = 0; sequence + 1 < batch.Starts.Length; sequence++)
        {
            var start = batch.Starts[sequence];
            Rows.Each(batch.Starts[sequence + 1] - start, position =>
            {
                // Queries and keys lie before the values.
                for (var head = 0; head < _shape.Heads + _shape.KvHeads; head++)
                    Rows.Rotate(of.At(start + position, head * _shape.HeadSize), _cos.Data + (long)position * half, _sin.Data + (long)position * half, _shape.HeadSize, isBack);
            });
        }
    }

    private void Copy(Operand from, Operand to, int rows) => new ReadOnlySpan<float>(from.Data, rows * _shape.Width).CopyTo(new Span<float>(to.Data, rows * _shape.Width));
}
