using System.Runtime.CompilerServices;

namespace Models.Onnx.Kernels;

/// <summary>
/// An int4 weight matrix exactly as MatMulNBits stores it, so that it is read from the mapped file and never copied: per row and block
/// of 32 columns 16 bytes, even columns in the low and odd columns in the high nibble, value = (nibble − 8) · scale.
/// </summary>
internal readonly unsafe struct Int4Matrix(byte* weights, void* scales, bool halfScales, int rows, int blocks)
{
    /// <summary>[rows, blocks, 16] bytes.</summary>
    public readonly byte* Weights = weights;

    /// <summary>[rows, blocks] float16 or float32.</summary>
    public readonly void* Scales = scales;

    /// <summary>Whether the scales are float16.</summary>
    public readonly bool HalfScales = halfScales;

    /// <summary>Outputs (N).</summary>
    public readonly int Rows = rows;

    /// <summary>Inputs divided by 32 (K / 32).</summary>
    public readonly int Blocks = blocks;

    /// <summary>Columns of one block.</summary>
    public const int BlockSize = 32;

    /// <summary>Bytes of one block.</summary>
    public const int BlockBytes = BlockSize / 2;

    /// <summary>The weights of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Row(int row) => Weights + (long)row * Blocks * BlockBytes;

    /// <summary>The scale of a block, for the code that is not hot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Scale(int row, int block)
    {
        var index = (long)row * Blocks + block;
        return HalfScales ? (float)((Half*)Scales)[index] : ((float*)Scales)[index];
    }
}
