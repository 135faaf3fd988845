using Trainer.Numerics;

namespace Trainer.Decoder;

// Causal grouped-query attention. Each sequence and head that is asked is one piece of work; scores are made in blocks of rows and not kept:
// on the way back they come again from the logarithms of their sums (Dao et al. 2022).
internal sealed unsafe partial class DecoderNet
{
    private const int QueryBlock = 64;

    [ThreadStatic]
    private static FloatBlock? _scores;

    [ThreadStatic]
    private static FloatBlock? _slopes;

    private float Scale => 1 / MathF.Sqrt(_shape.HeadSize);

    private void Attend(Batch batch, LayerActivations layer) => EachHead(batch, (start, length, keyHead, head) =>
    {
        var (qkv, to) = (At(layer.Qkv, _shape.QkvWidth), At(layer.Attended, _shape.AttentionWidth));
        var (query, key, value) = (qkv.From(start, head * _shape.HeadSize), qkv.From(start, (_shape.Heads + keyHead) * _shape.HeadSize), qkv.From(start, (_shape.Heads + _shape.KvHeads + keyHead) * _shape.HeadSize));
        for (var first = 0; first < length; first += QueryBlock)
        {
            var (rows, seen) = (Math.Min(QueryBlock, length - first), Math.Min(first + QueryBlock, length));
            var scores = Scores(ref _scores, seen);
            Gemm.Multiply(rows, seen, _shape.HeadSize, query.From(first, 0), key.Transposed, scores);
            for (var row = 0; row < rows; row++) layer.LogSums.Data[(long)(start + first + row) * _shape.Heads + head] = Rows.Softmax(scores.At(row, 0), first + row + 1, seen, Scale);
            Gemm.Multiply(rows, _shape.HeadSize, seen, scores, value, to.From(start + first, head * _shape.HeadSize));
        }
    });

    // From the derivative by what attention gave (in _attended) to that by queries, keys and values (in _queries).
    private void AttendBack(Batch batch, LayerActivations layer)
    {
        new Span<float>(_queries.Data, batch.Tokens.Length * _shape.QkvWidth).Clear();
        EachHead(batch, (start, length, keyHead, head) =>
        {
            var (keyAt, valueAt) = ((_shape.Heads + keyHead) * _shape.HeadSize, (_shape.Heads + _shape.KvHeads + keyHead) * _shape.HeadSize);
            var (qkv, slopes, gave, slopeOfGave) = (At(layer.Qkv, _shape.QkvWidth), At(_queries, _shape.QkvWidth), At(layer.Attended, _shape.AttentionWidth), At(_attended, _shape.AttentionWidth));
            var (key, value) = (qkv.From(start, keyAt), qkv.From(start, valueAt));
            for (var first = 0; first < length; first += QueryBlock)
            {
                var (rows, seen) = (Math.Min(QueryBlock, length - first), Math.Min(first + QueryBlock, length));
                var (powers, products) = (Scores(ref _scores, seen), Scores(ref _slopes, seen));
                var (query, slopeOfRows) = (qkv.From(start + first, head * _shape.HeadSize), slopeOfGave.From(start + first, head * _shape.HeadSize));
                Gemm.Multiply(rows, seen, _shape.HeadSize, query, key.Transposed, powers);
                Gemm.Multiply(rows, seen, _shape.HeadSize, slopeOfRows, value.Transposed, products);
                for (var row = 0; row < rows; row++)
                {
                    float* power = powers.At(row, 0), product = products.At(row, 0);
                    var may = first + row + 1;
                    Rows.Exp(power, may, Scale, layer.LogSums.Data[(long)(start + first + row) * _shape.Heads + head]);
                    var mean = Rows.Dot(slopeOfRows.At(row, 0), gave.At(start + first + row, head * _shape.HeadSize), _shape.HeadSize);
                    for (var i = 0; i < may; i++) product[i] = power[i] * (product[i] - mean) * Scale;
                    new Span<float>(power + may, seen - may).Clear();
                    new Span<float>(product + may, seen - may).Clear();
                }
                Gemm.Multiply(rows, _shape.HeadSize, seen, products, key, slopes.From(start + first, head * _shape.HeadSize));
                Gemm.Multiply(seen, _shape.HeadSize, rows, products.Transposed, query, slopes.From(start, keyAt), adds: true);
                Gemm.Multiply(seen, _shape.HeadSize, rows, powers.Transposed, slopeOfRows, slopes.From(start, valueAt), adds: true);
            }
        });
    }

    // Heads that ask the same one come one after the other: they add to the same derivatives.
    private void EachHead(Batch batch, Action<int, int, int, int> attend) => Parallel.For(0, (batch.Starts.Length - 1) * _shape.KvHeads, piece =>
    {
        var (sequence, keyHead, group) = (piece / _shape.KvHeads, piece % _shape.KvHeads, _shape.Heads / _shape.KvHeads);
        var start = batch.Starts[sequence];
        for (var i = 0; i < group; i++) attend(start, batch.Starts[sequence + 1] - start, keyHead, keyHead * group + i);
    });

    private Operand Scores(ref FloatBlock? block, int columns)
    {
        if (block is null || block.Length < (long)QueryBlock * _shape.Context)
        {
            block?.Dispose();
            block = new FloatBlock((long)QueryBlock * _shape.Context);
        }
        return new(block.Data, columns);
    }
}
