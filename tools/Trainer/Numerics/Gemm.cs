using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Trainer.Numerics;

/// <summary>
/// Products of float32 matrices: <c>C = A·B</c> or <c>C += A·B</c>, either factor transposed or not, by packing both into panels that a small
/// kernel reads in order (Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008). The sums come in the same order
/// every time, however many threads work.
/// </summary>
internal static unsafe class Gemm
{
    // A tile of 8 x 48 results is 24 vectors of 16; with three of B and one of A they fill 28 of AVX-512's 32 registers.
    private const int TileRows = 8, TileColumns = 48;
    private const int DepthBlock = 384, RowBlock = 96;

    [ThreadStatic]
    private static FloatBlock? _left;

    [ThreadStatic]
    private static FloatBlock? _right;

    /// <summary>Multiplies on as many threads as there are processors; for one thread of several see <see cref="Multiply"/>.</summary>
    /// <param name="rows">Rows of C.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="depth">What is summed over.</param>
    /// <param name="a">A, row-major [rows, depth]; [depth, rows] where it is transposed.</param>
    /// <param name="b">B, row-major [depth, columns]; [columns, depth] where it is transposed.</param>
    /// <param name="c">C, row-major [rows, columns].</param>
    /// <param name="adds">True to add to what C is.</param>
    public static void MultiplyInParallel(int rows, int columns, int depth, Operand a, Operand b, Operand c, bool adds = false)
    {
        // One block of B is packed by all, then each takes blocks of rows.
        var packed = Room(ref _right, (long)Math.Min(depth, DepthBlock) * Panels(columns) * TileColumns);
        for (var from = 0; from < depth; from += DepthBlock)
        {
            var (start, deep) = (from, Math.Min(DepthBlock, depth - from));
            Parallel.For(0, Panels(columns), panel => PackRight(b, start, deep, panel, columns, packed));
            Parallel.For(0, (rows + RowBlock - 1) / RowBlock, block => MultiplyBlock(block, rows, columns, start, deep, a, packed, c, adds || start > 0));
        }
    }

    /// <summary>The same on the calling thread alone.</summary>
    public static void Multiply(int rows, int columns, int depth, Operand a, Operand b, Operand c, bool adds = false)
    {
        var packed = Room(ref _right, (long)Math.Min(depth, DepthBlock) * Panels(columns) * TileColumns);
        for (var from = 0; from < depth; from += DepthBlock)
        {
            var deep = Math.Min(DepthBlock, depth - from);
            for (var panel = 0; panel < Panels(columns); panel++) PackRight(b, from, deep, panel, columns, packed);
            for (var block = 0; block * RowBlock < rows; block++) MultiplyBlock(block, rows, columns, from, deep, a, packed, c, adds || from > 0);
        }
    }

    private static int Panels(int columns) => (columns + TileColumns - 1) / TileColumns;

    private static float* Room(ref FloatBlock? block, long length)
    {
        if (block is null || block.Length < length)
        {
            block?.Dispose();
            block = new FloatBlock(length);
        }
        return block.Data;
    }

    private static void MultiplyBlock(int block, int rows, int columns, int from, int deep, Operand a, float* right, Operand c, bool adds)
    {
        var left = Room(ref _left, RowBlock * DepthBlock);
        var (first, count) = (block * RowBlock, Math.Min(RowBlock, rows - block * RowBlock));
        PackLeft(a, first, count, from, deep, left);
        var edge = stackalloc float[TileRows * TileColumns];
        for (var panel = 0; panel < Panels(columns); panel++)
        {
            var (column, wide) = (panel * TileColumns, Math.Min(TileColumns, columns - panel * TileColumns));
            var panelOfRight = right + (long)panel * deep * TileColumns;
            for (var row = 0; row < count; row += TileRows)
            {
                var target = c.At(first + row, column);
                var high = Math.Min(TileRows, count - row);
                if (high == TileRows && wide == TileColumns)
                {
                    Kernel(deep, left + (long)row * deep, panelOfRight, target, c.Stride, adds);
                    continue;
                }
                Kernel(deep, left + (long)row * deep, panelOfRight, edge, TileColumns, adds: false);
                for (var i = 0; i < high; i++)
                {
                    for (var j = 0; j < wide; j++) target[(long)i * c.Stride + j] = edge[i * TileColumns + j] + (adds ? target[(long)i * c.Stride + j] : 0);
                }
            }
        }
    }

    // Panels of TileRows rows, the numbers of one depth side by side; what is beyond the last row is zero.
    private static void PackLeft(Operand a, int first, int count, int from, int deep, float* packed)
    {
        for (var row = 0; row < count; row += TileRows, packed += (long)deep * TileRows)
        {
            var high = Math.Min(TileRows, count - row);
            if (high < TileRows) new Span<float>(packed, deep * TileRows).Clear();
            if (a.IsTransposed)
            {
                for (var k = 0; k < deep; k++) new ReadOnlySpan<float>(a.At(from + k, first + row), high).CopyTo(new Span<float>(packed + (long)k * TileRows, high));
                continue;
            }
            for (var i = 0; i < high; i++)
            {
                var source = a.At(first + row + i, from);
                for (var k = 0; k < deep; k++) packed[(long)k * TileRows + i] = source[k];
            }
        }
    }

    private static void PackRight(Operand b, int from, int deep, int panel, int columns, float* packed)
    {
        packed += (long)panel * deep * TileColumns;
        var (column, wide) = (panel * TileColumns, Math.Min(TileColumns, columns - panel * TileColumns));
        if (wide < TileColumns) new Span<float>(packed, deep * TileColumns).Clear();
        if (!b.IsTransposed)
        {
            for (var k = 0; k < deep; k++) new ReadOnlySpan<float>(b.At(from + k, column), wide).CopyTo(new Span<float>(packed + (long)k * TileColumns, wide));
            return;
        }
        for (var j = 0; j < wide; j++)
        {
            var source = b.At(column + j, from);
            for (var k = 0; k < deep; k++) packed[(long)k * TileColumns + j] = source[k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Kernel(int deep, float* left, float* right, float* c, int stride, bool adds)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default, c0 = default, c1 = default, c2 = default, d0 = default, d1 = default, d2 = default;
        Vector512<float> e0 = default, e1 = default, e2 = default, f0 = default, f1 = default, f2 = default, g0 = default, g1 = default, g2 = default, h0 = default, h1 = default, h2 = default;
        for (; deep > 0; deep--, left += TileRows, right += TileColumns)
        {
            var (x0, x1, x2) = (Vector512.Load(right), Vector512.Load(right + 16), Vector512.Load(right + 32));
            var y = Vector512.Create(left[0]);
            (a0, a1, a2) = (Vector512.FusedMultiplyAdd(y, x0, a0), Vector512.FusedMultiplyAdd(y, x1, a1), Vector512.FusedMultiplyAdd(y, x2, a2));
            y = Vector512.Create(left[1]);
            (b0, b1, b2) = (Vector512.FusedMultiplyAdd(y, x0, b0), Vector512.FusedMultiplyAdd(y, x1, b1), Vector512.FusedMultiplyAdd(y, x2, b2));
            y = Vector512.Create(left[2]);
            (c0, c1, c2) = (Vector512.FusedMultiplyAdd(y, x0, c0), Vector512.FusedMultiplyAdd(y, x1, c1), Vector512.FusedMultiplyAdd(y, x2, c2));
            y = Vector512.Create(left[3]);
            (d0, d1, d2) = (Vector512.FusedMultiplyAdd(y, x0, d0), Vector512.FusedMultiplyAdd(y, x1, d1), Vector512.FusedMultiplyAdd(y, x2, d2));
            y = Vector512.Create(left[4]);
            (e0, e1, e2) = (Vector512.FusedMultiplyAdd(y, x0, e0), Vector512.FusedMultiplyAdd(y, x1, e1), Vector512.FusedMultiplyAdd(y, x2, e2));
            y = Vector512.Create(left[5]);
            (f0, f1, f2) = (Vector512.FusedMultiplyAdd(y, x0, f0), Vector512.FusedMultiplyAdd(y, x1, f1), Vector512.FusedMultiplyAdd(y, x2, f2));
            y = Vector512.Create(left[6]);
            (g0, g1, g2) = (Vector512.FusedMultiplyAdd(y, x0, g0), Vector512.FusedMultiplyAdd(y, x1, g1), Vector512.FusedMultiplyAdd(y, x2, g2));
            y = Vector512.Create(left[7]);
            (h0, h1, h2) = (Vector512.FusedMultiplyAdd(y, x0, h0), Vector512.FusedMultiplyAdd(y, x1, h1), Vector512.FusedMultiplyAdd(y, x2, h2));
        }
        Store(c, a0, a1, a2, adds);
        Store(c + stride, b0, b1, b2, adds);
        Store(c + 2L * stride, c0, c1, c2, adds);
        Store(c + 3L * stride, d0, d1, d2, adds);
        Store(c + 4L * stride, e0, e1, e2, adds);
        Store(c + 5L * stride, f0, f1, f2, adds);
        Store(c + 6L * stride, g0, g1, g2, adds);
        Store(c + 7L * stride, h0, h1, h2, adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, Vector512<float> x, Vector512<float> y, Vector512<float> z, bool adds)
    {
        if (adds) (x, y, z) = (x + Vector512.Load(to), y + Vector512.Load(to + 16), z + Vector512.Load(to + 32));
        x.Store(to);
        y.Store(to + 16);
        z.Store(to + 32);
    }
}
