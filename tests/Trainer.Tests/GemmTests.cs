using Trainer.Numerics;
using Xunit.Abstractions;

namespace Trainer.Tests;

public sealed unsafe class GemmTests(ITestOutputHelper output)
{
    [Fact]
    public void Multiply_AnySizesStridesAndTurns_IsTheProduct()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var (rows, columns, depth) = (random.Next(1, 140), random.Next(1, 140), random.Next(1, round % 20 == 0 ? 900 : 90));
            var (turnA, turnB, adds, parallel) = (random.Next(2) > 0, random.Next(2) > 0, random.Next(2) > 0, random.Next(2) > 0);
            using var a = Fill(random, turnA ? depth : rows, turnA ? rows : depth, out var strideA);
            using var b = Fill(random, turnB ? columns : depth, turnB ? depth : columns, out var strideB);
            using var c = Fill(random, rows, columns, out var strideC);
            var before = c.Span.ToArray();
            var (left, right, to) = (new Operand(a.Data, strideA, turnA), new Operand(b.Data, strideB, turnB), new Operand(c.Data, strideC));
            if (parallel) Gemm.MultiplyInParallel(rows, columns, depth, left, right, to, adds);
            else Gemm.Multiply(rows, columns, depth, left, right, to, adds);
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < strideC; j++)
                {
                    var at = i * strideC + j;
                    if (j >= columns)
                    {
                        Assert.Equal(before[at], c.Data[at]);
                        continue;
                    }
                    var sum = adds ? before[at] : 0.0;
                    for (var k = 0; k < depth; k++) sum += (double)a.Data[turnA ? k * strideA + i : i * strideA + k] * b.Data[turnB ? j * strideB + k : k * strideB + j];
                    Assert.Equal(sum, c.Data[at], 2e-4);
                }
            }
        }
    }

    [Fact]
    public void Multiply_Speed_IsPrinted()
    {
        const int Rows = 4096, Width = 256, Wide = 1536;
        using var a = new FloatBlock(Rows * Width);
        using var b = new FloatBlock(Width * Wide);
        using var c = new FloatBlock(Rows * Wide);
        var best = double.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            Gemm.MultiplyInParallel(Rows, Wide, Width, new Operand(a.Data, Width), new Operand(b.Data, Wide), new Operand(c.Data, Wide));
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }
        output.WriteLine(FormattableString.Invariant($"figure: trainer: {2.0 * Rows * Width * Wide / best / 1e9:F0} billion operations a second in a product of {Rows} by {Width} by {Wide}"));
        Assert.True(best > 0);
    }

    private static FloatBlock Fill(Random random, int rows, int columns, out int stride)
    {
        stride = columns + random.Next(3);
        var block = new FloatBlock(rows * stride);
        foreach (ref var number in block.Span) number = random.NextSingle() * 2 - 1;
        return block;
    }
}
