using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Models.Import.Weights;

namespace Models.Import.Quantize;

/// <summary>ggml's Q4_0 and Q8_0 blocks into MatMulNBits' layout without loss: the same integers and scales, in another order.</summary>
internal static class BlockRepacker
{
    private const int BlockLength = BlockQuantizer.BlockLength;

    /// <summary>True where a kind has the same blocks, so that nothing is lost.</summary>
    public static bool IsLossless(ElementKind from, StoredKind to) => (from, to) is (ElementKind.Q4_0, StoredKind.Int4) or (ElementKind.Q8_0, StoredKind.Int8);

    /// <summary>Repacks one row.</summary>
    public static void Repack(ElementKind from, ReadOnlySpan<byte> row, Span<byte> packed, Span<float> scales)
    {
        if (from == ElementKind.Q4_0) RepackQ4(row, packed, scales);
        else RepackQ8(row, packed, scales);
    }

    /// <summary>A row of zeros.</summary>
    public static void Zero(StoredKind kind, Span<byte> packed, Span<float> scales)
    {
        packed.Fill((byte)(kind == StoredKind.Int4 ? 0x88 : 0x80));
        scales.Clear();
    }

    // ggml puts numbers j and j + 16 into byte j; MatMulNBits wants 2j and 2j + 1 there.
    private static void RepackQ4(ReadOnlySpan<byte> row, Span<byte> packed, Span<float> scales)
    {
        var low = Vector128.Create((byte)0x0F);
        for (var block = 0; block < scales.Length; block++)
        {
            var source = row.Slice(block * 18, 18);
            scales[block] = Dequantizer.ReadHalf(source);
            var bytes = Vector128.Create(source[2..]);
            var (first, second) = ((bytes & low).AsUInt16(), (bytes >>> 4 & low).AsUInt16());
            var mask = Vector128.Create((ushort)0xFF);
            Vector128.Narrow((first | first >>> 4) & mask, (second | second >>> 4) & mask).CopyTo(packed[(block * 16)..]);
        }
    }

    // Signed to unsigned with zero at 128 is one flipped bit.
    private static void RepackQ8(ReadOnlySpan<byte> row, Span<byte> packed, Span<float> scales)
    {
        for (var block = 0; block < scales.Length; block++)
        {
            var source = row.Slice(block * 34, 34);
            scales[block] = Dequantizer.ReadHalf(source);
            var from = MemoryMarshal.Cast<byte, ulong>(source[2..]);
            var to = MemoryMarshal.Cast<byte, ulong>(packed.Slice(block * BlockLength, BlockLength));
            for (var i = 0; i < from.Length; i++) to[i] = from[i] ^ 0x8080808080808080;
        }
    }
}
