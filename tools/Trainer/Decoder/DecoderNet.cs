using Trainer.Numerics;

namespace Trainer.Decoder;

/// <summary>
/// A decoder with its derivatives, in float32: what a batch's loss is, and how it changes with every weight. What the way forward leaves for
/// the way back stays in here, so one thread uses it at a time; its own work is shared out over the processors. The same batch and weights
/// give the same numbers.
/// </summary>
internal sealed unsafe partial class DecoderNet : IDisposable
{
    private readonly DecoderShape _shape;
    private readonly ParameterTable _table;
    private readonly int _room;
    private readonly LayerActivations[] _layers;
    private readonly FloatBlock _last, _normed, _wide, _stream, _attended, _queries, _cos, _sin, _inverse;

    /// <summary>A decoder that can take batches of at most <paramref name="room"/> tokens.</summary>
    public DecoderNet(DecoderShape shape, ParameterTable table, int room)
    {
        (_shape, _table, _room) = (shape, table, room);
        _layers = [.. Enumerable.Range(0, shape.Layers).Select(_ => new LayerActivations(shape, room))];
        (_last, _normed, _stream) = (Room(shape.Width), Room(shape.Width), Room(shape.Width));
        (_wide, _attended, _queries) = (Room(2 * shape.FeedForward), Room(shape.AttentionWidth), Room(shape.QkvWidth));
        _inverse = new FloatBlock(room);
        var half = shape.HeadSize / 2;
        (_cos, _sin) = (new FloatBlock((long)shape.Context * half), new FloatBlock((long)shape.Context * half));
        for (var position = 0; position < shape.Context; position++)
        {
            for (var i = 0; i < half; i++)
            {
                var angle = position * Math.Pow(shape.RopeBase, -2.0 * i / shape.HeadSize);
                (_cos.Data[(long)position * half + i], _sin.Data[(long)position * half + i]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
            }
        }
    }

    private FloatBlock Room(int width) => new((long)_room * width);

    /// <summary>The mean loss over the targets of a batch, in nats.</summary>
    /// <param name="batch">What to foretell.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="gradients">The loss's derivative by each weight is added to it; null where it is not wanted.</param>
    public double Loss(Batch batch, FloatBlock weights, FloatBlock? gradients)
    {
        if (batch.Tokens.Length > _room) throw new ArgumentException($"A batch of {batch.Tokens.Length} tokens is more than the {_room} there is room for.");
        Embed(batch, weights);
        for (var i = 0; i < _layers.Length; i++) Forward(batch, i, weights);
        var loss = Foretell(batch, weights, gradients);
        if (gradients is null) return loss;
        for (var i = _layers.Length - 1; i >= 0; i--) Back(batch, i, weights, gradients);
        EmbedBack(batch, gradients);
        return loss;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in _layers) layer.Dispose();
        foreach (var block in (FloatBlock[])[_last, _normed, _wide, _stream, _attended, _queries, _cos, _sin, _inverse]) block.Dispose();
    }

    private static Operand At(FloatBlock block, Parameter parameter) => new(block.Data + parameter.Offset, parameter.Columns);

    private static Operand At(FloatBlock block, int width) => new(block.Data, width);

    private void Embed(Batch batch, FloatBlock weights)
    {
        var (from, to) = (At(weights, _table.Embedding), At(_layers.Length > 0 ? _layers[0].Input : _last, _shape.Width));
        Rows.Each(batch.Tokens.Length, row => new ReadOnlySpan<float>(from.At(batch.Tokens[row], 0), _shape.Width).CopyTo(new Span<float>(to.At(row, 0), _shape.Width)));
    }

    // Rows of the same token come together: one thread a part of the columns, so that the order of the sums stays.
    private void EmbedBack(Batch batch, FloatBlock gradients)
    {
        var (from, to) = (At(_stream, _shape.Width), At(gradients, _table.Embedding));
        Parallel.For(0, _shape.Width / 16, part =>
        {
            for (var row = 0; row < batch.Tokens.Length; row++) Rows.Add(from.At(row, part * 16), to.At(batch.Tokens[row], part * 16), 16);
        });
    }

    private void Norm(Operand x, Parameter gain, FloatBlock weights, int rows)
    {
        var y = At(_normed, _shape.Width);
        float* inverse = _inverse.Data, by = weights.Data + gain.Offset;
        Rows.Each(rows, row => inverse[row] = Rows.Norm(x.At(row, 0), by, y.At(row, 0), _shape.Width, _shape.Epsilon));
    }

    /// <summary>From the derivative by what was normed (in <c>_normed</c>) to that by x, added to <c>_stream</c>; <c>_inverse</c> is of the same rows.</summary>
    private void NormBack(Operand x, Parameter gain, FloatBlock weights, FloatBlock gradients, int rows)
    {
        var (dy, dx) = (At(_normed, _shape.Width), At(_stream, _shape.Width));
        float* inverse = _inverse.Data, by = weights.Data + gain.Offset, ofGain = gradients.Data + gain.Offset;
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < _shape.Width; i++) ofGain[i] += dy.At(row, 0)[i] * x.At(row, 0)[i] * inverse[row];
        }
        Rows.Each(rows, row => Rows.NormBack(dy.At(row, 0), x.At(row, 0), by, inverse[row], dx.At(row, 0), _shape.Width));
    }
}
