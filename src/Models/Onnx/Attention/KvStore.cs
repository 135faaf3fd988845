using System.Numerics;
using System.Runtime.CompilerServices;

namespace Models.Onnx.Attention;

/// <summary>Puts keys and values into blocks and reads them back as float32.</summary>
internal static unsafe class KvStore
{
    /// <summary>Most dimensions of a head.</summary>
    public const int MostHeadSize = 512;

    // float16 in the upper half of an int, shifted right by 3 with its sign kept, is float32 with an exponent 112 too small.
    private const float HalfBias = 5.192296858534828e33f;

    /// <summary>Rotates and stores the keys, and stores the values, of the new tokens [from, to) of one sequence and head.</summary>
    [SkipLocalsInit]
    public static void Write(
        in AttentionShape shape, in AttentionData data, in KvLayout layout, AttentionSequence* sequence, int head, int from, int to)
    {
        var rotated = stackalloc float[MostHeadSize];
        var size = layout.HeadSize;
        for (var i = from; i < to; i++)
        {
            var position = sequence->Past + i;
            var row = (sequence->FirstRow + i) * data.KeyStride + head * size;
            Rotation.Apply(data, data.Key + row, rotated, size, position, shape.Interleaved);
            var tile = sequence->Blocks[position / KvLayout.BlockTokens] + layout.Offset(shape.Layer, head);
            WriteToken(layout, tile, position % KvLayout.BlockTokens, rotated, data.Value + row);
        }
    }

    /// <summary>The keys and values of one block, layer and head as float32, in the block's order: where they lie, or in scratch memory.</summary>
    /// <param name="layout">The block's layout.</param>
    /// <param name="tile">Where the layer and head begin.</param>
    /// <param name="scratch">Room for twice <see cref="KvLayout.TileElements"/>.</param>
    /// <param name="keys">[head size, tokens].</param>
    /// <param name="values">[tokens, head size].</param>
    public static void Read(in KvLayout layout, byte* tile, float* scratch, out float* keys, out float* values)
    {
        var elements = layout.TileElements;
        if (layout.Type == KvType.Float32)
        {
            keys = (float*)tile;
            values = keys + elements;
            return;
        }
        keys = scratch;
        values = scratch + elements;
        if (layout.Type == KvType.Float16)
        {
            Widen((ushort*)tile, scratch, 2 * elements);
            return;
        }
        var scales = (float*)(tile + 2 * elements);
        for (var d = 0; d < layout.HeadSize; d++)
        {
            for (var t = 0; t < KvLayout.BlockTokens; t++) keys[d * KvLayout.BlockTokens + t] = ((sbyte*)tile)[d * KvLayout.BlockTokens + t] * scales[t];
        }
        for (var t = 0; t < KvLayout.BlockTokens; t++)
        {
            var scale = scales[KvLayout.BlockTokens + t];
            for (var d = 0; d < layout.HeadSize; d++) values[t * layout.HeadSize + d] = ((sbyte*)tile)[elements + t * layout.HeadSize + d] * scale;
        }
    }

    private static void WriteToken(in KvLayout layout, byte* tile, int token, float* key, float* value)
    {
        var (size, elements) = (layout.HeadSize, layout.TileElements);
        switch (layout.Type)
        {
            case KvType.Float32:
                var floats = (float*)tile;
                for (var d = 0; d < size; d++) floats[d * KvLayout.BlockTokens + token] = key[d];
                new ReadOnlySpan<float>(value, size).CopyTo(new Span<float>(floats + elements + token * size, size));
                break;
            case KvType.Float16:
                var halves = (Half*)tile;
                for (var d = 0; d < size; d++) halves[d * KvLayout.BlockTokens + token] = (Half)key[d];
                for (var d = 0; d < size; d++) halves[elements + token * size + d] = (Half)value[d];
                break;
            default:
                var bytes = (sbyte*)tile;
                var scales = (float*)(tile + 2 * elements);
                var factor = Quantize(key, size, out scales[token]);
                for (var d = 0; d < size; d++) bytes[d * KvLayout.BlockTokens + token] = (sbyte)MathF.Round(key[d] * factor);
                factor = Quantize(value, size, out scales[KvLayout.BlockTokens + token]);
                for (var d = 0; d < size; d++) bytes[elements + token * size + d] = (sbyte)MathF.Round(value[d] * factor);
                break;
        }
    }

    private static float Quantize(float* values, int count, out float scale)
    {
        var largest = 0f;
        for (var i = 0; i < count; i++) largest = MathF.Max(largest, MathF.Abs(values[i]));
        scale = largest / 127;
        return largest > 0 ? 127 / largest : 0;
    }

    private static void Widen(ushort* source, float* target, int count)
    {
        var fields = new Vector<int>(unchecked((int)0x8FFFFFFF));
        var bias = new Vector<float>(HalfBias);
        for (var i = 0; i < count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.Load(source + i), out var low, out var high);
            ToSingle(low).Store(target + i);
            ToSingle(high).Store(target + i + Vector<float>.Count);
        }

        Vector<float> ToSingle(Vector<uint> half) =>
            Vector.AsVectorSingle(Vector.ShiftRightArithmetic(Vector.AsVectorInt32(Vector.ShiftLeft(half, 16)), 3) & fields) * bias;
    }
}
