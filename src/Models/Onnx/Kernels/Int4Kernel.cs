using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Models.Onnx.Kernels;

/// <summary>
/// Products of quantized activations with int4 weights on processors with AVX2 and FMA, faster where there is AVX-VNNI. Few rows go
/// straight through the weights, which is as fast as memory delivers them; many rows share a panel of weights that is unpacked once.
/// </summary>
internal static unsafe class Int4Kernel
{
    /// <summary>Rows of activations up to which weights are not unpacked into panels.</summary>
    public const int FewRows = 8;

    /// <summary>Weight rows that one panel takes.</summary>
    public const int PanelRows = 16;

    // Blocks of a panel: 32 · 512 bytes stay in the first-level cache.
    private const int PanelBlocks = 32;
    private const int PanelBlockBytes = PanelRows * Int4Matrix.BlockSize;

    // Far enough ahead that memory answers in time, and across the 4 KiB pages at which the processor's own prefetching ends.
    private const int PrefetchDistance = 8192;

    // A float16 in the upper half of an int, shifted right by 3 with its sign kept, has float32's fields with an exponent that is 112
    // too small: 2^112 puts that right, for subnormals too.
    private const float HalfBias = 5.192296858534828e33f;

    /// <summary>Whether this processor can run the kernels.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <summary>
    /// Few rows of activations: outputs [from, to) of every row. <paramref name="to"/> − <paramref name="from"/> may be anything.
    /// </summary>
    /// <param name="weights">The matrix.</param>
    /// <param name="x">Its inputs.</param>
    /// <param name="y">[x.Rows, stride] outputs.</param>
    /// <param name="stride">Floats from one row of outputs to the next.</param>
    /// <param name="from">First output.</param>
    /// <param name="to">One past the last output.</param>
    public static void MultiplyFewRows(in Int4Matrix weights, in QuantizedRows x, float* y, long stride, int from, int to)
    {
        var row = from;
        for (; row + 4 <= to; row += 4)
        {
            var m = 0;
            for (; m + 2 <= x.Rows; m += 2) FourByTwo(weights, x, m, row, y + m * stride + row, stride);
            if (m < x.Rows) FourByOne(weights, x, m, row, y + m * stride + row);
        }
        for (; row < to; row++)
            for (var m = 0; m < x.Rows; m++) y[m * stride + row] = One(weights, x, m, row);
    }

    /// <summary>Many rows of activations: outputs [from, to) of every row.</summary>
    [SkipLocalsInit]
    public static void MultiplyManyRows(in Int4Matrix weights, in QuantizedRows x, float* y, long stride, int from, int to)
    {
        var panel = stackalloc byte[PanelBlocks * PanelBlockBytes + 64];
        panel += 64 - (nint)panel % 64;
        var scales = stackalloc float[PanelBlocks * PanelRows];
        for (var row = from; row < to; row += PanelRows)
        {
            var rows = Math.Min(PanelRows, to - row);
            for (var block = 0; block < weights.Blocks; block += PanelBlocks)
            {
                var blocks = Math.Min(PanelBlocks, weights.Blocks - block);
                Unpack(weights, row, rows, block, blocks, panel, scales);
                for (var m = 0; m < x.Rows; m += 4)
                    Tile(panel, scales, block, blocks, x, m, y + m * stride + row, stride, rows, Math.Min(4, x.Rows - m));
            }
        }
    }

    private static void FourByOne(in Int4Matrix weights, in QuantizedRows x, int m, int row, float* y)
    {
        byte* w0 = weights.Row(row), w1 = weights.Row(row + 1), w2 = weights.Row(row + 2), w3 = weights.Row(row + 3);
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default;
        var pairs = weights.Blocks / 2;
        var values = x.Values + (long)m * x.Pairs * QuantizedRows.PairBytes;
        var offsets = x.Offsets + (long)m * x.Pairs * 8;
        var factors = x.Scales + (long)m * x.Pairs * 8;
        long s = (long)row * weights.Blocks, next = weights.Blocks;
        for (var p = 0; p < pairs; p++, s += 2)
        {
            Vector256<sbyte> even = Vector256.Load(values + p * 64), odd = Vector256.Load(values + p * 64 + 32);
            Vector256<int> offset = Vector256.Load(offsets + p * 8);
            Vector256<float> factor = Vector256.Load(factors + p * 8);
            a0 = Add(a0, Load(w0 + p * 32), PairScales(weights, s), even, odd, offset, factor);
            a1 = Add(a1, Load(w1 + p * 32), PairScales(weights, s + next), even, odd, offset, factor);
            a2 = Add(a2, Load(w2 + p * 32), PairScales(weights, s + 2 * next), even, odd, offset, factor);
            a3 = Add(a3, Load(w3 + p * 32), PairScales(weights, s + 3 * next), even, odd, offset, factor);
        }
        y[0] = Vector256.Sum(a0) + LastBlock(weights, x, m, row);
        y[1] = Vector256.Sum(a1) + LastBlock(weights, x, m, row + 1);
        y[2] = Vector256.Sum(a2) + LastBlock(weights, x, m, row + 2);
        y[3] = Vector256.Sum(a3) + LastBlock(weights, x, m, row + 3);
    }

    // Two rows of activations share the loads and the unpacking; each row's sums are made in the same order as in FourByOne.
    private static void FourByTwo(in Int4Matrix weights, in QuantizedRows x, int m, int row, float* y, long stride)
    {
        byte* w0 = weights.Row(row), w1 = weights.Row(row + 1), w2 = weights.Row(row + 2), w3 = weights.Row(row + 3);
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        var pairs = weights.Blocks / 2;
        var values = x.Values + (long)m * x.Pairs * QuantizedRows.PairBytes;
        var offsets = x.Offsets + (long)m * x.Pairs * 8;
        var factors = x.Scales + (long)m * x.Pairs * 8;
        long s = (long)row * weights.Blocks, next = weights.Blocks, step = x.Pairs;
        for (var p = 0; p < pairs; p++, s += 2)
        {
            sbyte* va = values + p * 64, vb = va + step * 64;
            int* oa = offsets + p * 8, ob = oa + step * 8;
            float* fa = factors + p * 8, fb = fa + step * 8;
            Both(ref a0, ref b0, w0 + p * 32, PairScales(weights, s), va, vb, oa, ob, fa, fb);
            Both(ref a1, ref b1, w1 + p * 32, PairScales(weights, s + next), va, vb, oa, ob, fa, fb);
            Both(ref a2, ref b2, w2 + p * 32, PairScales(weights, s + 2 * next), va, vb, oa, ob, fa, fb);
            Both(ref a3, ref b3, w3 + p * 32, PairScales(weights, s + 3 * next), va, vb, oa, ob, fa, fb);
        }
        y[0] = Vector256.Sum(a0) + LastBlock(weights, x, m, row);
        y[1] = Vector256.Sum(a1) + LastBlock(weights, x, m, row + 1);
        y[2] = Vector256.Sum(a2) + LastBlock(weights, x, m, row + 2);
        y[3] = Vector256.Sum(a3) + LastBlock(weights, x, m, row + 3);
        y += stride;
        y[0] = Vector256.Sum(b0) + LastBlock(weights, x, m + 1, row);
        y[1] = Vector256.Sum(b1) + LastBlock(weights, x, m + 1, row + 1);
        y[2] = Vector256.Sum(b2) + LastBlock(weights, x, m + 1, row + 2);
        y[3] = Vector256.Sum(b3) + LastBlock(weights, x, m + 1, row + 3);
    }

    private static float One(in Int4Matrix weights, in QuantizedRows x, int m, int row)
    {
        var w = weights.Row(row);
        Vector256<float> sum = default;
        var at = (long)m * x.Pairs;
        for (var p = 0; p < weights.Blocks / 2; p++, at++)
        {
            var values = x.Values + at * 64;
            sum = Add(sum, Load(w + p * 32), PairScales(weights, (long)row * weights.Blocks + 2 * p),
                Vector256.Load(values), Vector256.Load(values + 32), Vector256.Load(x.Offsets + at * 8), Vector256.Load(x.Scales + at * 8));
        }
        return Vector256.Sum(sum) + LastBlock(weights, x, m, row);
    }

    // An odd last block has no partner; its activations are padded with zeros, so its weights need no more than 16 bytes.
    private static float LastBlock(in Int4Matrix weights, in QuantizedRows x, int m, int row)
    {
        if ((weights.Blocks & 1) == 0) return 0;
        var block = weights.Blocks - 1;
        var at = (long)m * x.Pairs + x.Pairs - 1;
        var packed = Vector128.Load(weights.Row(row) + block * Int4Matrix.BlockBytes).ToVector256();
        var scales = Vector256.Create(weights.Scale(row, block));
        var dots = Dots(packed, Vector256.Load(x.Values + at * 64), Vector256.Load(x.Values + at * 64 + 32), Vector256.Load(x.Offsets + at * 8));
        return Vector256.Sum(Avx.ConvertToVector256Single(dots) * scales * Vector256.Load(x.Scales + at * 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Load(byte* weights)
    {
        Sse.Prefetch0(weights + PrefetchDistance);
        return Vector256.Load(weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Add(
        Vector256<float> sum, Vector256<byte> packed, Vector256<float> scales,
        Vector256<sbyte> even, Vector256<sbyte> odd, Vector256<int> offset, Vector256<float> factor) =>
        Fma.MultiplyAdd(Avx.ConvertToVector256Single(Dots(packed, even, odd, offset)), scales * factor, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Both(
        ref Vector256<float> a, ref Vector256<float> b, byte* weights, Vector256<float> scales,
        sbyte* va, sbyte* vb, int* oa, int* ob, float* fa, float* fb)
    {
        var packed = Load(weights);
        var low = packed & Vector256.Create((byte)15);
        var high = Avx2.ShiftRightLogical(packed.AsUInt16(), 4).AsByte() & Vector256.Create((byte)15);
        var da = Dot(Dot(Vector256.Load(oa), low, Vector256.Load(va)), high, Vector256.Load(va + 32));
        var db = Dot(Dot(Vector256.Load(ob), low, Vector256.Load(vb)), high, Vector256.Load(vb + 32));
        a = Fma.MultiplyAdd(Avx.ConvertToVector256Single(da), scales * Vector256.Load(fa), a);
        b = Fma.MultiplyAdd(Avx.ConvertToVector256Single(db), scales * Vector256.Load(fb), b);
    }

    // Lanes 0 to 3 sum to the first block's product, lanes 4 to 7 to the second's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Dots(Vector256<byte> packed, Vector256<sbyte> even, Vector256<sbyte> odd, Vector256<int> offset)
    {
        var low = packed & Vector256.Create((byte)15);
        var high = Avx2.ShiftRightLogical(packed.AsUInt16(), 4).AsByte() & Vector256.Create((byte)15);
        return Dot(Dot(offset, low, even), high, odd);
    }

    // Without VNNI the sums of two products (at most 2 · 15 · 127) fit 16 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Dot(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> values) =>
        AvxVnni.IsSupported
            ? AvxVnni.MultiplyWideningAndAdd(sum, weights, values)
            : sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(weights, values), Vector256.Create((short)1));

    // The scales of two neighbouring blocks, each four times.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PairScales(in Int4Matrix weights, long block)
    {
        if (!weights.HalfScales)
        {
            var two = Vector128.CreateScalarUnsafe(((double*)((float*)weights.Scales + block))[0]).ToVector256Unsafe().AsSingle();
            return Avx2.PermuteVar8x32(two, Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1));
        }
        var pair = Vector256.Create(*(int*)((Half*)weights.Scales + block)).AsByte();
        var spread = Avx2.Shuffle(pair, Vector256.Create(
            (byte)128, 128, 0, 1, 128, 128, 0, 1, 128, 128, 0, 1, 128, 128, 0, 1,
            128, 128, 2, 3, 128, 128, 2, 3, 128, 128, 2, 3, 128, 128, 2, 3)).AsInt32();
        return (Vector256.ShiftRightArithmetic(spread, 3) & Vector256.Create(unchecked((int)0x8FFFFFFF))).AsSingle() * Vector256.Create(HalfBias);
    }

    // panel[block][quad of columns][row][4]: a row of the tile multiplies one quad of its columns by that quad of 8 weight rows at once.
    private static void Unpack(in Int4Matrix weights, int row, int rows, int block, int blocks, byte* panel, float* scales)
    {
        for (var r = 0; r < PanelRows; r++)
        {
            // Rows past the end repeat the last one; their results are not stored.
            var source = Math.Min(r, rows - 1) + row;
            var packed = weights.Row(source) + block * Int4Matrix.BlockBytes;
            var target = (int*)panel + r;
            for (var b = 0; b < blocks; b++, target += PanelBlockBytes / sizeof(int))
            {
                var both = Vector128.Load(packed + b * Int4Matrix.BlockBytes);
                var low = (both & Vector128.Create((byte)15)).AsInt32();
                var high = (Vector128.ShiftRightLogical(both.AsUInt16(), 4).AsByte() & Vector128.Create((byte)15)).AsInt32();
                for (var quad = 0; quad < 4; quad++)
                {
                    target[quad * PanelRows] = low[quad];
                    target[(quad + 4) * PanelRows] = high[quad];
                }
                scales[b * PanelRows + r] = weights.Scale(source, block + b);
            }
        }
    }

    // Four rows of activations by sixteen of weights. The integer sums of one block stay in registers; the float sums lie on the stack.
    [SkipLocalsInit]
    private static void Tile(
        byte* panel, float* scales, int block, int blocks, in QuantizedRows x, int m, float* y, long stride, int columns, int rows)
    {
        var sums = stackalloc float[4 * PanelRows];
        for (var i = 0; i < 4 * PanelRows; i += 8) Vector256<float>.Zero.Store(sums + i);
        long r1 = Math.Min(1, rows - 1), r2 = Math.Min(2, rows - 1), r3 = Math.Min(3, rows - 1);
        long step = (long)x.Pairs * QuantizedRows.PairBytes, lanes = (long)x.Pairs * 8;
        for (var b = 0; b < blocks; b++)
        {
            var half = (block + b) & 1;
            var at = (long)m * x.Pairs + (block + b) / 2;
            var values = x.Values + at * QuantizedRows.PairBytes + half * 16;
            sbyte* v1 = values + r1 * step, v2 = values + r2 * step, v3 = values + r3 * step;
            var offsets = x.Offsets + at * 8 + half * 4;
            Vector256<int> d00 = Vector256.Create(offsets[0]), d10 = Vector256.Create(offsets[r1 * lanes]);
            Vector256<int> d20 = Vector256.Create(offsets[r2 * lanes]), d30 = Vector256.Create(offsets[r3 * lanes]);
            Vector256<int> d01 = d00, d11 = d10, d21 = d20, d31 = d30;
            var weights = panel + b * PanelBlockBytes;
            for (var quad = 0; quad < 8; quad++, weights += 4 * PanelRows)
            {
                // Quads 0 to 3 are the even columns, 4 to 7 the odd ones, 32 bytes further on.
                var column = (quad & 3) * 4 + (quad >> 2) * 32;
                Vector256<byte> w0 = Vector256.Load(weights), w1 = Vector256.Load(weights + 32);
                var value = Vector256.Create(*(int*)(values + column)).AsSByte();
                d00 = Dot(d00, w0, value);
                d01 = Dot(d01, w1, value);
                value = Vector256.Create(*(int*)(v1 + column)).AsSByte();
                d10 = Dot(d10, w0, value);
                d11 = Dot(d11, w1, value);
                value = Vector256.Create(*(int*)(v2 + column)).AsSByte();
                d20 = Dot(d20, w0, value);
                d21 = Dot(d21, w1, value);
                value = Vector256.Create(*(int*)(v3 + column)).AsSByte();
                d30 = Dot(d30, w0, value);
                d31 = Dot(d31, w1, value);
            }
            Vector256<float> s0 = Vector256.Load(scales + b * PanelRows), s1 = Vector256.Load(scales + b * PanelRows + 8);
            var factors = x.Scales + at * 8 + half * 4;
            var factor = Vector256.Create(factors[0]);
            Accumulate(sums, d00, s0 * factor);
            Accumulate(sums + 8, d01, s1 * factor);
            factor = Vector256.Create(factors[r1 * lanes]);
            Accumulate(sums + 16, d10, s0 * factor);
            Accumulate(sums + 24, d11, s1 * factor);
            factor = Vector256.Create(factors[r2 * lanes]);
            Accumulate(sums + 32, d20, s0 * factor);
            Accumulate(sums + 40, d21, s1 * factor);
            factor = Vector256.Create(factors[r3 * lanes]);
            Accumulate(sums + 48, d30, s0 * factor);
            Accumulate(sums + 56, d31, s1 * factor);
        }
        for (var r = 0; r < rows; r++, y += stride)
        {
            var row = new Span<float>(y, columns);
            for (var column = 0; column < columns; column++)
                row[column] = (block == 0 ? 0 : row[column]) + sums[r * PanelRows + column];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(float* sum, Vector256<int> dots, Vector256<float> scale) =>
        Fma.MultiplyAdd(Avx.ConvertToVector256Single(dots), scale, Vector256.Load(sum)).Store(sum);
}
