using System.Runtime.Intrinsics;

namespace Models.Onnx.Kernels;

/// <summary>
/// Activations as int8 with a scale per block of 32, laid out for the int4 kernels: two blocks lie together as 16 even columns of the
/// first, 16 even columns of the second, 16 odd columns of the first, 16 odd columns of the second, as the nibbles of the weights do.
/// An odd last block is padded with zeros. The memory is rented and must be given back.
/// </summary>
internal unsafe struct QuantizedRows : IDisposable
{
    /// <summary>Bytes of one pair of blocks.</summary>
    public const int PairBytes = 64;

    private NativeBuffer _buffer;

    public QuantizedRows(int rows, int columns)
    {
        Pairs = (columns / Int4Matrix.BlockSize + 1) / 2;
        Rows = rows;
        var values = (nuint)rows * (nuint)Pairs * PairBytes;
        var lanes = (nuint)rows * (nuint)Pairs * 8 * sizeof(float);
        _buffer = NativeBuffer.Rent(values + 2 * lanes);
        Values = (sbyte*)_buffer.Pointer;
        Offsets = (int*)(_buffer.Pointer + values);
        Scales = (float*)(_buffer.Pointer + values + lanes);
    }

    /// <summary>Rows (M).</summary>
    public readonly int Rows { get; }

    /// <summary>Pairs of blocks in a row.</summary>
    public readonly int Pairs { get; }

    /// <summary>[rows, pairs, 64].</summary>
    public readonly sbyte* Values { get; }

    /// <summary>[rows, pairs, 8]: lane 0 and lane 4 hold −8 · Σ values of the first and the second block, which takes the weights' zero point away.</summary>
    public readonly int* Offsets { get; }

    /// <summary>[rows, pairs, 8]: the first block's scale four times, then the second's.</summary>
    public readonly float* Scales { get; }

    /// <summary>Quantizes one row: scale = largest absolute value / 127, values rounded to the nearest.</summary>
    public readonly void Quantize(int row, float* source, int columns)
    {
        var blocks = columns / Int4Matrix.BlockSize;
        for (var block = 0; block < 2 * Pairs; block++)
        {
            var pair = (long)row * Pairs + block / 2;
            var values = Values + pair * PairBytes + (block & 1) * 16;
            var offsets = Offsets + pair * 8 + (block & 1) * 4;
            var scales = Scales + pair * 8 + (block & 1) * 4;
            if (block < blocks)
            {
                QuantizeBlock(source + block * Int4Matrix.BlockSize, values, offsets, scales);
                continue;
            }
            Vector128<sbyte>.Zero.Store(values);
            Vector128<sbyte>.Zero.Store(values + 32);
            Vector128<int>.Zero.Store(offsets);
            Vector128<float>.Zero.Store(scales);
        }
    }

    private static void QuantizeBlock(float* source, sbyte* values, int* offsets, float* scales)
    {
        Vector256<float> a = Vector256.Load(source), b = Vector256.Load(source + 8), c = Vector256.Load(source + 16), d = Vector256.Load(source + 24);
        var top = Vector256.Max(Vector256.Max(Vector256.Abs(a), Vector256.Abs(b)), Vector256.Max(Vector256.Abs(c), Vector256.Abs(d)));
        var half = Vector128.Max(top.GetLower(), top.GetUpper());
        var largest = MathF.Max(MathF.Max(half[0], half[1]), MathF.Max(half[2], half[3]));
        var scale = largest / 127;
        var inverse = Vector256.Create(scale > 0 ? 1 / scale : 0);
        Vector256<int> ia = Round(a * inverse), ib = Round(b * inverse), ic = Round(c * inverse), id = Round(d * inverse);

        // Each lane of 32 bits holds an even column in its low and an odd column in its high half after narrowing: part them.
        var first = Vector256.Narrow(ia, ib);
        var second = Vector256.Narrow(ic, id);
        var even = Vector256.Narrow((first.AsInt32() << 16) >> 16, (second.AsInt32() << 16) >> 16);
        var odd = Vector256.Narrow(first.AsInt32() >> 16, second.AsInt32() >> 16);
        Vector128.Narrow(even.GetLower(), even.GetUpper()).Store(values);
        Vector128.Narrow(odd.GetLower(), odd.GetUpper()).Store(values + 32);
        Vector128.CreateScalar(-8 * Vector256.Sum(ia + ib + ic + id)).Store(offsets);
        Vector128.Create(scale).Store(scales);
    }

    // Rounds to the nearest by the current mode, which is ties to even.
    private static Vector256<int> Round(Vector256<float> value)
    {
        // Adding 1.5 · 2^23 leaves the rounded integer in the low mantissa bits (|value| ≤ 127).
        var magic = Vector256.Create(12582912f);
        return (value + magic).AsInt32() - magic.AsInt32();
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Return();
}
