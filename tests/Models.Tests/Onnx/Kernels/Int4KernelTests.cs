using System.Runtime.InteropServices;
using Models.Onnx.Kernels;

namespace Models.Tests.Onnx.Kernels;

/// <summary>The int4 kernels against the definition of MatMulNBits, in plain arithmetic.</summary>
public sealed unsafe class Int4KernelTests
{
    public static TheoryData<int, int, int> Shapes()
    {
        var shapes = new TheoryData<int, int, int>();
        // Rows of activations on both sides of the two kernels; outputs that fill panels and that do not; odd and even blocks, more than a panel holds.
        foreach (var m in new[] { 1, 2, 3, 4, 8, 9, 12, 13, 33 })
            foreach (var (n, k) in new[] { (16, 64), (48, 32), (37, 96), (5, 896), (64, 1184), (18, 2080) })
                shapes.Add(m, n, k);
        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Multiply_AnyShape_FollowsTheDefinition(int m, int n, int k)
    {
        if (!Int4Kernel.IsSupported) return;
        foreach (var half in new[] { false, true })
        {
            var random = new Random(m * 7919 + n * 31 + k);
            var blocks = k / 32;
            // Read ahead and loads of whole vectors may touch what follows; nothing may depend on it.
            var weights = new byte[n * blocks * 16 + 64];
            random.NextBytes(weights);
            var scales = Enumerable.Range(0, n * blocks).Select(_ => (float)(Half)((random.NextDouble() - 0.5) * 0.1)).ToArray();
            // Subnormal, zero and negative scales are as good as any.
            scales[0] = (float)BitConverter.UInt16BitsToHalf(0x8003);
            scales[^1] = 0;
            var halves = Array.ConvertAll(scales, s => (Half)s);
            var x = Enumerable.Range(0, m * k).Select(_ => (float)(random.NextDouble() * 2 - 1)).ToArray();
            var y = new float[m * n];

            fixed (byte* w = weights)
            fixed (float* f = scales, input = x, output = y)
            fixed (Half* h = halves)
            {
                var matrix = new Int4Matrix(w, half ? h : f, half, n, blocks);
                var rows = new QuantizedRows(m, k);
                for (var row = 0; row < m; row++) rows.Quantize(row, input + row * k, k);
                // In two parts that meet in the middle of nowhere, as tasks do.
                var middle = n / 2 / Int4Kernel.PanelRows * Int4Kernel.PanelRows;
                if (m <= Int4Kernel.FewRows)
                {
                    Int4Kernel.MultiplyFewRows(matrix, rows, output, n, 0, middle);
                    Int4Kernel.MultiplyFewRows(matrix, rows, output, n, middle, n);
                }
                else
                {
                    Int4Kernel.MultiplyManyRows(matrix, rows, output, n, 0, middle);
                    Int4Kernel.MultiplyManyRows(matrix, rows, output, n, middle, n);
                }
                rows.Dispose();
            }
            for (var row = 0; row < m; row++)
                for (var column = 0; column < n; column++)
                    Assert.Equal(Expected(weights, scales, x, row, column, k), y[row * n + column], 1e-4 * blocks);
        }
    }

    [Fact]
    public void MultiplyFewRows_SeveralRows_GiveWhatEachGivesAlone()
    {
        if (!Int4Kernel.IsSupported) return;
        const int n = 24, k = 224, m = 7;
        var random = new Random(1);
        var weights = new byte[n * k / 2 + 64];
        random.NextBytes(weights);
        var scales = Enumerable.Range(0, n * k / 32).Select(_ => (float)random.NextDouble()).ToArray();
        var x = Enumerable.Range(0, m * k).Select(_ => (float)random.NextDouble() - 0.5f).ToArray();
        float[] together = new float[m * n], alone = new float[m * n];
        fixed (byte* w = weights)
        fixed (float* f = scales, input = x, a = together, b = alone)
        {
            var matrix = new Int4Matrix(w, f, false, n, k / 32);
            var rows = new QuantizedRows(m, k);
            for (var row = 0; row < m; row++) rows.Quantize(row, input + row * k, k);
            Int4Kernel.MultiplyFewRows(matrix, rows, a, n, 0, n);
            rows.Dispose();
            for (var row = 0; row < m; row++)
            {
                var one = new QuantizedRows(1, k);
                one.Quantize(0, input + row * k, k);
                Int4Kernel.MultiplyFewRows(matrix, one, b + row * n, n, 0, n);
                one.Dispose();
            }
        }
        Assert.Equal(alone, together);
    }

    [Fact]
    public void Quantize_ABlock_LosesAtMostHalfAStep()
    {
        var random = new Random(3);
        var x = Enumerable.Range(0, 96).Select(_ => (float)(random.NextDouble() * 20 - 10)).ToArray();
        fixed (float* input = x)
        {
            var rows = new QuantizedRows(1, 96);
            rows.Quantize(0, input, 96);
            for (var i = 0; i < 96; i++)
            {
                int block = i / 32, pair = block / 2, lane = block & 1;
                var scale = rows.Scales[pair * 8 + lane * 4];
                var value = rows.Values[pair * 64 + (i & 1) * 32 + lane * 16 + i % 32 / 2];
                Assert.InRange(Math.Abs(value * scale - x[i]), 0, scale / 2 * 1.0001);
            }
            rows.Dispose();
        }
    }

    // Σ (nibble − 8) · scale · quantized x, block by block, as the kernels quantize.
    private static double Expected(byte[] weights, float[] scales, float[] x, int row, int column, int k)
    {
        var sum = 0.0;
        for (var block = 0; block < k / 32; block++)
        {
            var values = MemoryMarshal.CreateReadOnlySpan(ref x[row * k + block * 32], 32);
            var largest = 0f;
            foreach (var value in values) largest = Math.Max(largest, Math.Abs(value));
            var step = largest / 127;
            var products = 0;
            for (var i = 0; i < 32; i++)
            {
                var nibble = weights[(column * (k / 32) + block) * 16 + i / 2] >> (i & 1) * 4 & 15;
                products += (nibble - 8) * (step > 0 ? (int)MathF.Round(values[i] * (1 / step)) : 0);
            }
            sum += (double)products * step * scales[column * (k / 32) + block];
        }
        return sum;
    }
}
