using Models.Import.Sources;

namespace Models.Import.Decoder;

/// <summary>
/// The cos and sin tables of rotary embedding, [positions, half]. With LongRoPE the table for short sequences comes first and the one
/// for long sequences below it.
/// </summary>
internal sealed record RopeTables(string Cos, string Sin, int LongStart)
{
    /// <summary>Computes and stores the tables; pairs past the model's own do not turn.</summary>
    public static RopeTables Store(WeightStore store, ModelShape shape, int half)
    {
        var rope = shape.Rope;
        var longStart = rope.LongFrequencies is null || shape.ContextLength <= rope.OriginalContext ? 0 : rope.OriginalContext;
        var rows = longStart + shape.ContextLength;
        return new RopeTables(store.Table("cos_cache", rows, half, (row, values) => Fill(row, values, Math.Cos)),
            store.Table("sin_cache", rows, half, (row, values) => Fill(row, values, Math.Sin)), longStart);

        void Fill(int row, Span<float> values, Func<double, double> turn)
        {
            var (frequencies, position) = row < longStart || longStart == 0 ? (rope.Frequencies, row) : (rope.LongFrequencies!, row - longStart);
            for (var i = 0; i < values.Length; i++)
                values[i] = (float)(turn(i < frequencies.Length ? position * frequencies[i] : 0) * rope.Magnitude);
        }
    }
}
