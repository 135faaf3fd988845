using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Models.Onnx.Kernels;

/// <summary>
/// An int4 weight matrix in one stream, in the order in which the kernels read it: panels of 16 rows; in a panel, pair by pair of blocks
/// of 32 columns, 4 × 64 bytes of the first block, the same of the second, then the 16 + 16 scales as float16. Each 64 bytes are 4 bytes of
/// each row, nibbles as in <see cref="Int4Matrix"/>. Rows and an odd last block are filled up with weights whose scale is zero.
/// </summary>
internal readonly unsafe struct PanelMatrix(byte* data, int rows, int blocks)
{
    /// <summary>Rows of a panel.</summary>
    public const int PanelRows = 16;

    /// <summary>Bytes of one pair of blocks of a panel.</summary>
    public const int PairBytes = 2 * PanelRows * Int4Matrix.BlockBytes + 2 * PanelRows * 2;

    /// <summary>Where the scales lie in a pair.</summary>
    public const int ScalesAt = 2 * PanelRows * Int4Matrix.BlockBytes;

    /// <summary>Outputs (N).</summary>
    public readonly int Rows = rows;

    /// <summary>Pairs of blocks in a row.</summary>
    public readonly int Pairs = (blocks + 1) / 2;

    /// <summary>Where it lies in memory.</summary>
    public long Address => (long)data;

    /// <summary>Panels, the last one perhaps not full.</summary>
    public int Panels => (Rows + PanelRows - 1) / PanelRows;

    /// <summary>A panel's beginning.</summary>
    public byte* Panel(int panel) => data + (long)panel * Pairs * PairBytes;

    /// <summary>Bytes that a matrix takes.</summary>
    public static long BytesOf(int rows, int blocks) => (long)((rows + PanelRows - 1) / PanelRows) * ((blocks + 1) / 2) * PairBytes;

    /// <summary>Fills panels from <paramref name="first"/> on with rows as they are stored, their scales in float16.</summary>
    public void Fill(in Int4Matrix source, int first)
    {
        for (var row = 0; row < source.Rows; row += PanelRows)
        {
            var target = Panel(first + row / PanelRows);
            for (var block = 0; block < 2 * Pairs; block++)
            {
                var pair = target + (long)(block / 2) * PairBytes;
                FillBlock(source, row, block, pair + (block & 1) * PanelRows * Int4Matrix.BlockBytes, (Half*)(pair + ScalesAt) + (block & 1) * PanelRows);
            }
        }
    }

    private static void FillBlock(in Int4Matrix source, int row, int block, byte* target, Half* scales)
    {
        for (var r = 0; r < PanelRows; r += 4, target += 4 * sizeof(int))
        {
            Transpose(Load(source, row + r, block), Load(source, row + r + 1, block), Load(source, row + r + 2, block), Load(source, row + r + 3, block), target);
            for (var i = r; i < r + 4; i++)
                scales[i] = row + i < source.Rows && block < source.Blocks ? ((Half*)source.Scales)[(long)(row + i) * source.Blocks + block] : default;
        }
    }

    private static Vector128<int> Load(in Int4Matrix source, int row, int block) =>
        row < source.Rows && block < source.Blocks ? Vector128.Load((int*)(source.Row(row) + block * Int4Matrix.BlockBytes)) : default;

    // Four rows of four quads of bytes become four quads of four rows.
    private static void Transpose(Vector128<int> v0, Vector128<int> v1, Vector128<int> v2, Vector128<int> v3, byte* target)
    {
        Vector128<long> a = Sse2.UnpackLow(v0, v1).AsInt64(), b = Sse2.UnpackLow(v2, v3).AsInt64();
        Vector128<long> c = Sse2.UnpackHigh(v0, v1).AsInt64(), d = Sse2.UnpackHigh(v2, v3).AsInt64();
        Sse2.UnpackLow(a, b).AsByte().Store(target);
        Sse2.UnpackHigh(a, b).AsByte().Store(target + PanelRows * sizeof(int));
        Sse2.UnpackLow(c, d).AsByte().Store(target + 2 * PanelRows * sizeof(int));
        Sse2.UnpackHigh(c, d).AsByte().Store(target + 3 * PanelRows * sizeof(int));
    }
}
