using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Models.Import.Weights;

/// <summary>Stored numbers to float32, by ggml's block formats (ggml-common.h). Stateless.</summary>
internal static class Dequantizer
{
    /// <summary>Expands whole blocks; <paramref name="target"/> holds exactly the numbers of <paramref name="source"/>.</summary>
    public static void Dequantize(ElementKind kind, ReadOnlySpan<byte> source, Span<float> target)
    {
        if (source.Length / kind.BlockBytes() * kind.BlockLength() != target.Length)
            throw new ArgumentException($"{source.Length} bytes of {kind} are not {target.Length} numbers.");
        switch (kind)
        {
            case ElementKind.F32: source.CopyTo(MemoryMarshal.AsBytes(target)); break;
            case ElementKind.F16: FromHalf(source, target); break;
            case ElementKind.BF16: FromBFloat16(source, target); break;
            case ElementKind.Q4_0: FromQ4(source, target, withMinimum: false); break;
            case ElementKind.Q4_1: FromQ4(source, target, withMinimum: true); break;
            case ElementKind.Q5_0: FromQ5(source, target, withMinimum: false); break;
            case ElementKind.Q5_1: FromQ5(source, target, withMinimum: true); break;
            case ElementKind.Q8_0: FromQ8(source, target); break;
            case ElementKind.Q4_K: FromQ4K(source, target); break;
            case ElementKind.Q5_K: FromQ5K(source, target); break;
            case ElementKind.Q6_K: FromQ6K(source, target); break;
            default: throw new ArgumentOutOfRangeException(nameof(kind));
        }
    }

    /// <summary>The float16 at the start of a span; block scales are stored so.</summary>
    public static float ReadHalf(ReadOnlySpan<byte> source) => (float)BinaryPrimitives.ReadHalfLittleEndian(source);

    // Exponent and fraction are moved into place and the difference of the exponents' biases (127 − 15) is multiplied in, which also
    // brings subnormal numbers right; infinities and NaN get their exponent set.
    private static void FromHalf(ReadOnlySpan<byte> source, Span<float> target)
    {
        var halves = MemoryMarshal.Cast<byte, ushort>(source);
        var i = 0;
        for (; i <= halves.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(halves[i..]), out var low, out var high);
            FromHalf(low).CopyTo(target[i..]);
            FromHalf(high).CopyTo(target[(i + Vector<uint>.Count)..]);
        }
        for (; i < halves.Length; i++) target[i] = (float)BitConverter.UInt16BitsToHalf(halves[i]);
    }

    private static Vector<float> FromHalf(Vector<uint> bits)
    {
        var sign = Vector.ShiftLeft(bits & new Vector<uint>(0x8000), 16);
        var magnitude = bits & new Vector<uint>(0x7FFF);
        var shifted = Vector.ShiftLeft(magnitude, 13);
        var finite = Vector.AsVectorUInt32(Vector.AsVectorSingle(shifted) * new Vector<float>(BitConverter.UInt32BitsToSingle((127 + 112) << 23)));
        var special = Vector.GreaterThanOrEqual(magnitude, new Vector<uint>(0x7C00));
        return Vector.AsVectorSingle(sign | Vector.ConditionalSelect(special, shifted | new Vector<uint>(0x7F800000), finite));
    }

    private static void FromBFloat16(ReadOnlySpan<byte> source, Span<float> target)
    {
        var words = MemoryMarshal.Cast<byte, ushort>(source);
        var bits = MemoryMarshal.Cast<float, uint>(target);
        for (var i = 0; i < bits.Length; i++) bits[i] = (uint)words[i] << 16;
    }

    // One byte carries numbers j (low nibble) and j + 16 (high nibble) of a block of 32.
    private static void FromQ4(ReadOnlySpan<byte> source, Span<float> target, bool withMinimum)
    {
        var blockBytes = withMinimum ? 20 : 18;
        for (; source.Length > 0; source = source[blockBytes..], target = target[32..])
        {
            var scale = ReadHalf(source);
            var minimum = withMinimum ? ReadHalf(source[2..]) : -8 * scale;
            var nibbles = source[(blockBytes - 16)..blockBytes];
            for (var j = 0; j < 16; j++)
            {
                target[j] = (nibbles[j] & 0xF) * scale + minimum;
                target[j + 16] = (nibbles[j] >> 4) * scale + minimum;
            }
        }
    }

    // As Q4, and the fifth bits of all 32 numbers in one word.
    private static void FromQ5(ReadOnlySpan<byte> source, Span<float> target, bool withMinimum)
    {
        var blockBytes = withMinimum ? 24 : 22;
        for (; source.Length > 0; source = source[blockBytes..], target = target[32..])
        {
            var scale = ReadHalf(source);
            var minimum = withMinimum ? ReadHalf(source[2..]) : -16 * scale;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(source[(blockBytes - 20)..]);
            var nibbles = source[(blockBytes - 16)..blockBytes];
            for (var j = 0; j < 16; j++)
            {
                target[j] = ((nibbles[j] & 0xF) | (int)(high >> j & 1) << 4) * scale + minimum;
                target[j + 16] = ((nibbles[j] >> 4) | (int)(high >> (j + 16) & 1) << 4) * scale + minimum;
            }
        }
    }

    private static void FromQ8(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (; source.Length > 0; source = source[34..], target = target[32..])
        {
            var scale = ReadHalf(source);
            var numbers = MemoryMarshal.Cast<byte, sbyte>(source[2..34]);
            for (var j = 0; j < 32; j++) target[j] = numbers[j] * scale;
        }
    }

    // 256 numbers in 8 sub-blocks, each with a 6-bit scale and a 6-bit minimum.
    private static void FromQ4K(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (; source.Length > 0; source = source[144..], target = target[256..])
        {
            var scales = source[4..16];
            for (var pair = 0; pair < 4; pair++)
            {
                var nibbles = source.Slice(16 + 32 * pair, 32);
                var (scale0, minimum0) = ScaleAndMinimum(source, scales, 2 * pair);
                var (scale1, minimum1) = ScaleAndMinimum(source, scales, 2 * pair + 1);
                for (var j = 0; j < 32; j++)
                {
                    target[64 * pair + j] = (nibbles[j] & 0xF) * scale0 - minimum0;
                    target[64 * pair + 32 + j] = (nibbles[j] >> 4) * scale1 - minimum1;
                }
            }
        }
    }

    // As Q4_K; byte j of the high bits carries the fifth bits of number j of all 8 sub-blocks.
    private static void FromQ5K(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (; source.Length > 0; source = source[176..], target = target[256..])
        {
            var scales = source[4..16];
            var high = source[16..48];
            for (var pair = 0; pair < 4; pair++)
            {
                var nibbles = source.Slice(48 + 32 * pair, 32);
                var (scale0, minimum0) = ScaleAndMinimum(source, scales, 2 * pair);
                var (scale1, minimum1) = ScaleAndMinimum(source, scales, 2 * pair + 1);
                for (var j = 0; j < 32; j++)
                {
                    target[64 * pair + j] = ((nibbles[j] & 0xF) | (high[j] >> (2 * pair) & 1) << 4) * scale0 - minimum0;
                    target[64 * pair + 32 + j] = ((nibbles[j] >> 4) | (high[j] >> (2 * pair + 1) & 1) << 4) * scale1 - minimum1;
                }
            }
        }
    }

    // Eight 6-bit scales and minimums in 12 bytes: the first four lie in the low bits of bytes 0-3 and 4-7; of the last four, the low
    // four bits lie in bytes 8-11 and the high two bits above the first four.
    private static (float Scale, float Minimum) ScaleAndMinimum(ReadOnlySpan<byte> block, ReadOnlySpan<byte> packed, int index)
    {
        var (scale, minimum) = index < 4
            ? (packed[index] & 63, packed[index + 4] & 63)
            : ((packed[index + 4] & 0xF) | packed[index - 4] >> 6 << 4, packed[index + 4] >> 4 | packed[index] >> 6 << 4);
        return (ReadHalf(block) * scale, ReadHalf(block[2..]) * minimum);
    }

    // 256 numbers of 6 bits: four low bits in 128 bytes, two high bits in 64, then 16 signed scales and the float16 scale of them all.
    private static void FromQ6K(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (; source.Length > 0; source = source[210..], target = target[256..])
        {
            var scale = ReadHalf(source[208..]);
            var scales = MemoryMarshal.Cast<byte, sbyte>(source[192..208]);
            for (var i = 0; i < 256; i++)
            {
                var (half, quarter, j) = (i >> 7, i >> 5 & 3, i & 31);
                var low = source[64 * half + 32 * (quarter & 1) + j] >> (quarter >> 1) * 4 & 0xF;
                var high = source[128 + 32 * half + j] >> 2 * quarter & 3;
                target[i] = scale * scales[i >> 4] * ((low | high << 4) - 32);
            }
        }
    }
}
