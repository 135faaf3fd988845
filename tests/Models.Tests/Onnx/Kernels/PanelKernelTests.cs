using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Models.Onnx.Kernels;
using Xunit.Abstractions;

namespace Models.Tests.Onnx.Kernels;

/// <summary>The kernels over packed weights against the definition of MatMulNBits, in plain arithmetic.</summary>
public sealed unsafe class PanelKernelTests(ITestOutputHelper output)
{
    public static TheoryData<int, int, int> Shapes()
    {
        var shapes = new TheoryData<int, int, int>();
        // Rows of activations of every way through the kernels; outputs that fill panels and that do not; odd and even blocks.
        foreach (var m in Enumerable.Range(1, 17).Append(33))
            foreach (var (n, k) in new[] { (16, 64), (48, 32), (37, 96), (5, 896), (18, 2080) })
                shapes.Add(m, n, k);
        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Multiply_AnyShape_FollowsTheDefinition(int m, int n, int k)
    {
        if (!PanelKernel.IsSupported) return;
        var matrix = new StoredInt4(n, k, m * 7919 + n * 31 + k);
        var x = matrix.Activations(m);
        var y = Multiply(matrix, x, m);
        for (var row = 0; row < m; row++)
            for (var column = 0; column < n; column++)
                Assert.Equal(matrix.Product(x, row, column), y[row * n + column], 1e-4 * (k / 32));
    }

    [Theory]
    [InlineData(24, 224)]
    [InlineData(40, 896)]
    public void Multiply_AnyNumberOfRows_GivesEachWhatItGetsAlone(int n, int k)
    {
        if (!PanelKernel.IsSupported) return;
        var matrix = new StoredInt4(n, k, 1);
        var x = matrix.Activations(40);
        var alone = new float[40 * n];
        for (var row = 0; row < 40; row++) Multiply(matrix, x[(row * k)..((row + 1) * k)], 1).CopyTo(alone, row * n);
        for (var m = 2; m <= 40; m++) Assert.Equal(alone[..(m * n)], Multiply(matrix, x, m));
    }

    [Fact]
    public void Multiply_With512Bits_GivesBitForBitWhat256BitsGive()
    {
        if (!Avx512Kernel.IsSupported) return;
        var matrix = new StoredInt4(40, 2080, 2);
        for (var m = 1; m <= 19; m++)
        {
            var x = matrix.Activations(m);
            Assert.Equal(Multiply(matrix, x, m, PanelKernel.Multiply256), Multiply(matrix, x, m));
        }
    }

    [Fact]
    public void Multiply_WithAnyWayToSum_GivesTheSame()
    {
        if (!PanelKernel.IsSupported) return;
        var matrix = new StoredInt4(40, 928, 3);
        foreach (var m in new[] { 1, 2, 5, 8, 19 })
        {
            var x = matrix.Activations(m);
            var expected = Multiply(matrix, x, m);
            if (Avx2.IsSupported) Assert.Equal(expected, Multiply(matrix, x, m, PanelKernel.Multiply<PanelKernel.NoVnni>));
            // What arm64's dot product does, written out.
            Assert.Equal(expected, Multiply(matrix, x, m, PanelKernel.Multiply<SignedDot>));
        }
    }

    [Fact]
    public void Multiply_AMatrixLargerThanTheCaches_WritesEveryOutput()
    {
        if (!PanelKernel.IsSupported) return;
        const int n = 151_936, k = 896;
        var buffer = NativeBuffer.Rent((nuint)PanelMatrix.BytesOf(n, k / 32));
        new Span<byte>(buffer.Pointer, (int)PanelMatrix.BytesOf(n, k / 32)).Clear();
        var panels = new PanelMatrix(buffer.Pointer, n, k / 32);
        var x = new float[8 * k];
        var y = Enumerable.Repeat(float.NaN, 8 * n).ToArray();
        var times = new Dictionary<int, double>();
        fixed (float* input = x, result = y)
        {
            foreach (var m in new[] { 1, 2, 4, 8 })
            {
                var rows = new QuantizedRows(m, k);
                for (var row = 0; row < m; row++) rows.Quantize(row, input + row * k, k);
                times[m] = double.MaxValue;
                for (var round = 0; round < 7; round++)
                {
                    var clock = Stopwatch.StartNew();
                    PanelKernel.Multiply(panels, rows, result, n, 0, panels.Panels);
                    times[m] = Math.Min(times[m], clock.Elapsed.TotalMilliseconds);
                }
                rows.Dispose();
            }
        }
        buffer.Return();
        var ratios = FormattableString.Invariant($"{times[2] / times[1]:F2}, {times[4] / times[1]:F2}, {times[8] / times[1]:F2}");
        output.WriteLine(FormattableString.Invariant($"figure: int4 product of {n} × {k}, one thread: 1 row {times[1]:F2} ms; 2, 4, 8 rows {ratios} times that"));
        // Every scale is zero.
        Assert.DoesNotContain(y, value => value != 0);
    }

    private readonly struct SignedDot : PanelKernel.IDot
    {
        public static Vector256<int> Start(Vector256<int> offset) => offset;

        public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> values)
        {
            for (var i = 0; i < 32; i++) sum = sum.WithElement(i / 4, sum[i / 4] + (sbyte)weights[i] * values[i]);
            return sum;
        }

        public static Vector256<int> End(Vector256<int> sum, Vector256<int> offset) => sum;
    }

    private delegate void Product(in PanelMatrix weights, in QuantizedRows x, float* y, long stride, int from, int to);

    private static float[] Multiply(StoredInt4 matrix, float[] x, int m, Product? product = null)
    {
        product ??= PanelKernel.Multiply;
        int n = matrix.Rows, k = matrix.Columns;
        var y = new float[m * n];
        var bytes = PanelMatrix.BytesOf(n, k / 32);
        var buffer = NativeBuffer.Rent((nuint)bytes);
        new Span<byte>(buffer.Pointer, (int)bytes).Fill(0xA5);
        var panels = new PanelMatrix(buffer.Pointer, n, k / 32);
        fixed (byte* w = matrix.Weights)
        fixed (Half* s = matrix.Scales)
        fixed (float* input = x, output = y)
        {
            panels.Fill(new Int4Matrix(w, s, true, n, k / 32), 0);
            var rows = new QuantizedRows(m, k);
            for (var row = 0; row < m; row++) rows.Quantize(row, input + row * k, k);
            // In two parts, as tasks do.
            var middle = panels.Panels / 2;
            product(panels, rows, output, n, 0, middle);
            product(panels, rows, output + middle * PanelMatrix.PanelRows, n, middle, panels.Panels);
            rows.Dispose();
        }
        buffer.Return();
        return y;
    }
}
