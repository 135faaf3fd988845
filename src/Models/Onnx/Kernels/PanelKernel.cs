using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Models.Onnx.Kernels;

/// <summary>
/// Products of quantized activations with weights in panels: on x64 with AVX2 and FMA, faster with AVX-VNNI and fastest with AVX512_VNNI;
/// on arm64 with the dot product instructions. Every row of activations gets the same sums in the same order however many rows come
/// together, and on every processor.
/// </summary>
internal static unsafe class PanelKernel
{
    // Rows of activations that go through a panel together, pair by pair of blocks: weights are then read once, as fast as memory
    // delivers them. More rows go through a panel, which has come into the cache by then, four by four.
    private const int MostTogether = 16;

    // Far enough ahead that memory answers in time, and across the 4 KiB pages at which the processor's own prefetching ends.
    private const int PrefetchDistance = 8192;

    // A float16 in the upper half of an int, shifted right by 3 with its sign kept, has float32's fields with an exponent that is 112
    // too small: 2^112 puts that right, for subnormals too.
    private const float HalfBias = 5.192296858534828e33f;

    /// <summary>Whether this processor can run the kernels.</summary>
    public static bool IsSupported => (Avx2.IsSupported && Fma.IsSupported) || Dp.IsSupported;

    /// <summary>
    /// How 4 neighbouring products are summed in each lane of 32 bits; a block's sum begins with an offset, or it is added at the end. A type
    /// parameter and not a test at each use: ahead-of-time code would make the test again and again, as only the processor it runs on can
    /// answer it.
    /// </summary>
    internal interface IDot
    {
        static abstract Vector256<int> Start(Vector256<int> offset);

        static abstract Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> values);

        static abstract Vector256<int> End(Vector256<int> sum, Vector256<int> offset);
    }

    private readonly struct Vnni : IDot
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Start(Vector256<int> offset) => offset;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> values) =>
            AvxVnni.MultiplyWideningAndAdd(sum, weights, values);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> End(Vector256<int> sum, Vector256<int> offset) => sum;
    }

    // Weights are at most 15, so they are as good as signed bytes.
    private readonly struct Neon : IDot
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Start(Vector256<int> offset) => offset;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> values) => Vector256.Create(
            Dp.DotProduct(sum.GetLower(), weights.GetLower().AsSByte(), values.GetLower()),
            Dp.DotProduct(sum.GetUpper(), weights.GetUpper().AsSByte(), values.GetUpper()));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> End(Vector256<int> sum, Vector256<int> offset) => sum;
    }

    /// <summary>AVX2 alone: pairs of products in 16 bits. A block's 16 in a lane, at most 16 · 15 · 127 = 30,480, fit.</summary>
    internal readonly struct NoVnni : IDot
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Start(Vector256<int> offset) => default;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> values) =>
            (sum.AsInt16() + Avx2.MultiplyAddAdjacent(weights, values)).AsInt32();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> End(Vector256<int> sum, Vector256<int> offset) =>
            Avx2.MultiplyAddAdjacent(sum.AsInt16(), Vector256.Create((short)1)) + offset;
    }

    /// <summary>Panels [from, to) of the product: outputs 16 · from to 16 · to of every row, as far as there are.</summary>
    /// <param name="weights">The matrix.</param>
    /// <param name="x">Its inputs.</param>
    /// <param name="y">[x.Rows, stride] outputs, beginning with the first panel's.</param>
    /// <param name="stride">Floats from one row of outputs to the next.</param>
    /// <param name="from">First panel.</param>
    /// <param name="to">One past the last panel.</param>
    public static void Multiply(in PanelMatrix weights, in QuantizedRows x, float* y, long stride, int from, int to)
    {
        if (Avx512Kernel.IsSupported) Multiply512(weights, x, y, stride, from, to);
        else Multiply256(weights, x, y, stride, from, to);
    }

    [SkipLocalsInit]
    private static void Multiply512(in PanelMatrix weights, in QuantizedRows x, float* y, long stride, int from, int to)
    {
        var sums = stackalloc float[Avx512Kernel.MostRows * PanelMatrix.PanelRows + 16];
        sums += 16 - (nint)sums / sizeof(float) % 16;
        for (var panel = from; panel < to; panel++, y += PanelMatrix.PanelRows)
        {
            var columns = Math.Min(PanelMatrix.PanelRows, weights.Rows - panel * PanelMatrix.PanelRows);
            for (var m = 0; m < x.Rows; m += Avx512Kernel.MostRows)
            {
                var rows = Math.Min(Avx512Kernel.MostRows, x.Rows - m);
                Avx512Kernel.Multiply(weights.Panel(panel), x, m, rows, sums);
                for (var r = 0; r < rows; r++) Store(sums + r * PanelMatrix.PanelRows, y + (m + r) * stride, columns);
            }
        }
    }

    /// <summary>The same without AVX-512.</summary>
    internal static void Multiply256(in PanelMatrix weights, in QuantizedRows x, float* y, long stride, int from, int to)
    {
        if (Dp.IsSupported) Multiply<Neon>(weights, x, y, stride, from, to);
        else if (AvxVnni.IsSupported) Multiply<Vnni>(weights, x, y, stride, from, to);
        else Multiply<NoVnni>(weights, x, y, stride, from, to);
    }

    /// <summary>The same with one way to sum.</summary>
    [SkipLocalsInit]
    internal static void Multiply<T>(in PanelMatrix weights, in QuantizedRows x, float* y, long stride, int from, int to) where T : IDot
    {
        var sums = stackalloc float[MostTogether * PanelMatrix.PanelRows + 16];
        sums += 16 - (nint)sums / sizeof(float) % 16;
        for (var panel = from; panel < to; panel++)
        {
            var w = weights.Panel(panel);
            var columns = Math.Min(PanelMatrix.PanelRows, weights.Rows - panel * PanelMatrix.PanelRows);
            var target = y + (long)(panel - from) * PanelMatrix.PanelRows;
            if (x.Rows == 1)
            {
                OneRow<T>(w, weights.Pairs, x, sums);
                Store(sums, target, columns);
                continue;
            }
            var together = x.Rows <= MostTogether ? x.Rows : 4;
            for (var m = 0; m < x.Rows; m += together)
            {
                var rows = Math.Min(together, x.Rows - m);
                Together<T>(w, weights.Pairs, x, m, rows, sums);
                for (var r = 0; r < rows; r++) Store(sums + r * PanelMatrix.PanelRows, target + (m + r) * stride, columns);
            }
        }
    }

    private static void Store(float* sums, float* y, int columns)
    {
        if (columns == PanelMatrix.PanelRows)
        {
            Vector256.Load(sums).Store(y);
            Vector256.Load(sums + 8).Store(y + 8);
            return;
        }
        for (var column = 0; column < columns; column++) y[column] = sums[column];
    }

    private static void OneRow<T>(byte* w, int pairs, in QuantizedRows x, float* sums) where T : IDot
    {
        Vector256<float> s0 = default, s1 = default;
        var values = x.Values;
        var offsets = x.Offsets;
        var factors = x.Scales;
        for (var pair = 0; pair < pairs; pair++, w += PanelMatrix.PairBytes, values += QuantizedRows.PairBytes, offsets += 8, factors += 8)
        {
            Prefetch(w);
            One<T>(w, w + PanelMatrix.ScalesAt, values, offsets, factors, ref s0, ref s1);
            One<T>(w + 256, w + PanelMatrix.ScalesAt + 32, values + 16, offsets + 4, factors + 4, ref s0, ref s1);
        }
        s0.Store(sums);
        s1.Store(sums + 8);
    }

    private static void Together<T>(byte* w, int pairs, in QuantizedRows x, int m, int rows, float* sums) where T : IDot
    {
        for (var i = 0; i < rows * PanelMatrix.PanelRows; i += 8) Vector256<float>.Zero.Store(sums + i);
        long step = (long)x.Pairs * QuantizedRows.PairBytes, lanes = (long)x.Pairs * 8;
        var values = x.Values + m * step;
        var offsets = x.Offsets + m * lanes;
        var factors = x.Scales + m * lanes;
        for (var pair = 0; pair < pairs; pair++, w += PanelMatrix.PairBytes, values += QuantizedRows.PairBytes, offsets += 8, factors += 8)
        {
            Prefetch(w);
            for (var half = 0; half < 2; half++)
            {
                var weights = w + half * 256;
                var scales = w + PanelMatrix.ScalesAt + half * 32;
                var v = values + half * 16;
                var o = offsets + half * 4;
                var f = factors + half * 4;
                var r = 0;
                for (; r + 4 <= rows; r += 4) Four<T>(weights, scales, v + r * step, step, o + r * lanes, f + r * lanes, lanes, sums + r * PanelMatrix.PanelRows);
                for (; r < rows; r++)
                {
                    var sum = sums + r * PanelMatrix.PanelRows;
                    Vector256<float> s0 = Vector256.Load(sum), s1 = Vector256.Load(sum + 8);
                    One<T>(weights, scales, v + r * step, o + r * lanes, f + r * lanes, ref s0, ref s1);
                    s0.Store(sum);
                    s1.Store(sum + 8);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* w)
    {
        if (!Sse.IsSupported) return;
        for (var line = 0; line < PanelMatrix.PairBytes; line += 64) Sse.Prefetch0(w + PrefetchDistance + line);
    }

    // One row of activations by one block of sixteen rows of weights.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void One<T>(byte* w, byte* scales, sbyte* values, int* offset, float* factor, ref Vector256<float> s0, ref Vector256<float> s1) where T : IDot
    {
        var o = Vector256.Create(*offset);
        Vector256<int> d0 = T.Start(o), d1 = d0;
        OneQuad<T>(w, values, ref d0, ref d1);
        OneQuad<T>(w + 64, values + 4, ref d0, ref d1);
        OneQuad<T>(w + 128, values + 8, ref d0, ref d1);
        OneQuad<T>(w + 192, values + 12, ref d0, ref d1);
        var f = Vector256.Create(*factor);
        s0 = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(T.End(d0, o)), Scales(scales) * f, s0);
        s1 = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(T.End(d1, o)), Scales(scales + 16) * f, s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OneQuad<T>(byte* w, sbyte* values, ref Vector256<int> d0, ref Vector256<int> d1) where T : IDot
    {
        Vector256<byte> a = Vector256.Load(w), b = Vector256.Load(w + 32);
        var even = Vector256.Create(*(int*)values).AsSByte();
        d0 = T.Add(d0, Low(a), even);
        d1 = T.Add(d1, Low(b), even);
        var odd = Vector256.Create(*(int*)(values + 32)).AsSByte();
        d0 = T.Add(d0, High(a), odd);
        d1 = T.Add(d1, High(b), odd);
    }

    // Four rows of activations by one block of sixteen rows of weights: the integer sums stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four<T>(byte* w, byte* scales, sbyte* values, long step, int* offsets, float* factors, long lanes, float* sums) where T : IDot
    {
        Vector256<int> o0 = Vector256.Create(offsets[0]), o1 = Vector256.Create(offsets[lanes]);
        Vector256<int> o2 = Vector256.Create(offsets[2 * lanes]), o3 = Vector256.Create(offsets[3 * lanes]);
        Vector256<int> d00 = T.Start(o0), d10 = T.Start(o1), d20 = T.Start(o2), d30 = T.Start(o3);
        Vector256<int> d01 = d00, d11 = d10, d21 = d20, d31 = d30;
        for (var quad = 0; quad < 4; quad++, w += 64, values += 4)
        {
            Vector256<byte> a = Vector256.Load(w), b = Vector256.Load(w + 32);
            Vector256<byte> low0 = Low(a), low1 = Low(b);
            var value = Vector256.Create(*(int*)values).AsSByte();
            d00 = T.Add(d00, low0, value);
            d01 = T.Add(d01, low1, value);
            value = Vector256.Create(*(int*)(values + step)).AsSByte();
            d10 = T.Add(d10, low0, value);
            d11 = T.Add(d11, low1, value);
            value = Vector256.Create(*(int*)(values + 2 * step)).AsSByte();
            d20 = T.Add(d20, low0, value);
            d21 = T.Add(d21, low1, value);
            value = Vector256.Create(*(int*)(values + 3 * step)).AsSByte();
            d30 = T.Add(d30, low0, value);
            d31 = T.Add(d31, low1, value);
            Vector256<byte> high0 = High(a), high1 = High(b);
            value = Vector256.Create(*(int*)(values + 32)).AsSByte();
            d00 = T.Add(d00, high0, value);
            d01 = T.Add(d01, high1, value);
            value = Vector256.Create(*(int*)(values + step + 32)).AsSByte();
            d10 = T.Add(d10, high0, value);
            d11 = T.Add(d11, high1, value);
            value = Vector256.Create(*(int*)(values + 2 * step + 32)).AsSByte();
            d20 = T.Add(d20, high0, value);
            d21 = T.Add(d21, high1, value);
            value = Vector256.Create(*(int*)(values + 3 * step + 32)).AsSByte();
            d30 = T.Add(d30, high0, value);
            d31 = T.Add(d31, high1, value);
        }
        Vector256<float> s0 = Scales(scales), s1 = Scales(scales + 16);
        Accumulate(sums, T.End(d00, o0), T.End(d01, o0), s0, s1, factors[0]);
        Accumulate(sums + 16, T.End(d10, o1), T.End(d11, o1), s0, s1, factors[lanes]);
        Accumulate(sums + 32, T.End(d20, o2), T.End(d21, o2), s0, s1, factors[2 * lanes]);
        Accumulate(sums + 48, T.End(d30, o3), T.End(d31, o3), s0, s1, factors[3 * lanes]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(float* sums, Vector256<int> d0, Vector256<int> d1, Vector256<float> s0, Vector256<float> s1, float factor)
    {
        var f = Vector256.Create(factor);
        Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(d0), s0 * f, Vector256.Load(sums)).Store(sums);
        Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(d1), s1 * f, Vector256.Load(sums + 8)).Store(sums + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Low(Vector256<byte> packed) => packed & Vector256.Create((byte)15);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> High(Vector256<byte> packed) => Vector256.ShiftRightLogical(packed.AsUInt16(), 4).AsByte() & Vector256.Create((byte)15);

    // Eight float16 as float32.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Scales(byte* halves)
    {
        var bits = Vector128.Load((short*)halves);
        var wide = Avx2.IsSupported ? Avx2.ConvertToVector256Int32(bits) : Vector256.Create(Vector128.WidenLower(bits), Vector128.WidenUpper(bits));
        return ((wide << 13) & Vector256.Create(unchecked((int)0x8FFFFFFF))).AsSingle() * Vector256.Create(HalfBias);
    }
}
