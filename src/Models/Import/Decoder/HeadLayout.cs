using Models.Import.Weights;

namespace Models.Import.Decoder;

/// <summary>
/// How the dimensions of an attention head lie in the graph. GroupQueryAttention rotates dimension i with i + half, and asks for heads
/// of a multiple of 16 and rotated halves of a multiple of 8; sources that pair neighbours are reordered, small heads padded with
/// zeros, which change no dot product.
/// </summary>
internal sealed class HeadLayout
{
    /// <summary>Lays out heads of <paramref name="size"/> of which 2 × <paramref name="half"/> dimensions are rotated.</summary>
    public HeadLayout(int size, int half, bool interleaved)
    {
        RotaryHalf = RoundUp(half, 8);
        Size = RoundUp(size - 2 * half + 2 * RotaryHalf, 16);
        Rotated = new int[Size];
        Plain = new int[Size];
        for (var i = 0; i < Size; i++)
        {
            var (second, pair) = (i >= RotaryHalf, i % RotaryHalf);
            Rotated[i] = i >= 2 * RotaryHalf ? 2 * half + i - 2 * RotaryHalf
                : pair >= half ? WeightMatrix.Zero
                : interleaved ? 2 * pair + (second ? 1 : 0)
                : pair + (second ? half : 0);
            if (Rotated[i] >= size) Rotated[i] = WeightMatrix.Zero;
            Plain[i] = i < size ? i : WeightMatrix.Zero;
        }
    }

    /// <summary>Dimensions of a head in the graph and the KV cache.</summary>
    public int Size { get; }

    /// <summary>Pairs the graph rotates; those past the model's own stay zero.</summary>
    public int RotaryHalf { get; }

    /// <summary>Per dimension of a query or key head in the graph, its dimension in the source.</summary>
    public int[] Rotated { get; }

    /// <summary>The same for value heads, which are not rotated.</summary>
    public int[] Plain { get; }

    /// <summary>The layout of <paramref name="heads"/> heads of the source's <paramref name="size"/> side by side, from <paramref name="start"/>.</summary>
    public static int[] Repeat(int[] layout, int heads, int size, int start = 0)
    {
        var rows = new int[heads * layout.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var source = layout[i % layout.Length];
            rows[i] = source == WeightMatrix.Zero ? WeightMatrix.Zero : start + i / layout.Length * size + source;
        }
        return rows;
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
