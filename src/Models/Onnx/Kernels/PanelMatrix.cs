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
        var quads = (int*)target;
        for (var r = 0; r < PanelRows; r++)
        {
            var stored = row + r < source.Rows && block < source.Blocks;
            var from = (int*)(source.Row(row + r) + block * Int4Matrix.BlockBytes);
            for (var quad = 0; quad < 4; quad++) quads[quad * PanelRows + r] = stored ? from[quad] : 0;
            scales[r] = stored ? ((Half*)source.Scales)[(long)(row + r) * source.Blocks + block] : default;
        }
    }
}
