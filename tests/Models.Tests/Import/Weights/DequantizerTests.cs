using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using Models.Import.Weights;
using TestKit;

namespace Models.Tests.Import.Weights;

public sealed class DequantizerTests
{
    [Fact]
    public void Dequantize_BlocksLlamaCppMade_GivesItsNumbersExactly()
    {
        var kinds = new HashSet<ElementKind>();
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "tests/Models.Tests/Import/Weights/ggml-blocks.txt")).Where(l => !l.StartsWith('#')))
        {
            var parts = line.Split('|');
            var kind = Enum.Parse<ElementKind>(parts[0]);
            var expected = MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(parts[2])).ToArray();
            var actual = new float[expected.Length];
            Dequantizer.Dequantize(kind, Convert.FromBase64String(parts[1]), actual);
            Assert.Equal(expected, actual);
            kinds.Add(kind);
        }
        Assert.Equal(Enum.GetValues<ElementKind>().Where(k => k != ElementKind.F32), kinds.Order());
    }

    [Theory]
    [InlineData(nameof(ElementKind.Q4_0))]
    [InlineData(nameof(ElementKind.Q4_1))]
    [InlineData(nameof(ElementKind.Q5_0))]
    [InlineData(nameof(ElementKind.Q5_1))]
    [InlineData(nameof(ElementKind.Q8_0))]
    [InlineData(nameof(ElementKind.Q4_K))]
    [InlineData(nameof(ElementKind.Q5_K))]
    [InlineData(nameof(ElementKind.Q6_K))]
    public void Dequantize_RandomBytes_FollowsTheFormat(string name)
    {
        var kind = Enum.Parse<ElementKind>(name);
        var random = new SeededRandom((ulong)kind + 1);
        for (var round = 0; round < 200; round++)
        {
            var bytes = RandomBlocks(kind, 3, random);
            var actual = new float[3 * kind.BlockLength()];
            Dequantizer.Dequantize(kind, bytes, actual);
            for (var i = 0; i < actual.Length; i++)
            {
                var block = bytes.AsSpan(i / kind.BlockLength() * kind.BlockBytes(), kind.BlockBytes());
                var expected = Reference(kind, block, i % kind.BlockLength());
                Assert.True(Math.Abs(expected - actual[i]) <= 1e-6 * Math.Max(1, Math.Abs(expected)), $"{kind}[{i}]: {actual[i]} where {expected} is expected");
            }
        }
    }

    [Fact]
    public void Dequantize_EveryHalf_IsExact()
    {
        var halves = Enumerable.Range(0, 1 << 16).Select(i => (ushort)i).ToArray();
        var actual = new float[halves.Length];
        Dequantizer.Dequantize(ElementKind.F16, MemoryMarshal.AsBytes(halves.AsSpan()), actual);
        for (var i = 0; i < halves.Length; i++)
        {
            var expected = (float)BitConverter.UInt16BitsToHalf(halves[i]);
            Assert.True(float.IsNaN(expected) ? float.IsNaN(actual[i]) : expected.Equals(actual[i]), $"0x{i:x4}");
        }
    }

    [Fact]
    public void Dequantize_BFloat16_IsTheUpperHalfOfAFloat() => Prop.ForAll<int>(bits =>
    {
        var upper = (uint)bits & 0xFFFF0000;
        var actual = new float[1];
        Dequantizer.Dequantize(ElementKind.BF16, BitConverter.GetBytes((ushort)(upper >> 16)), actual);
        return BitConverter.SingleToUInt32Bits(actual[0]) == upper;
    }).QuickCheckThrowOnFailure();

    /// <summary>Random blocks whose float16 scales are finite.</summary>
    internal static byte[] RandomBlocks(ElementKind kind, int blocks, SeededRandom random)
    {
        var bytes = new byte[(blocks * kind.BlockBytes() + 7) / 8 * 8];
        random.Fill(bytes);
        int[] scales = kind switch
        {
            ElementKind.Q4_1 or ElementKind.Q5_1 or ElementKind.Q4_K or ElementKind.Q5_K => [0, 2],
            ElementKind.Q6_K => [208],
            _ => [0],
        };
        for (var block = 0; block < blocks; block++)
            foreach (var at in scales) MemoryMarshal.Write(bytes.AsSpan(block * kind.BlockBytes() + at), (Half)random.NextSigned());
        return bytes[..(blocks * kind.BlockBytes())];
    }

    // Number i of a block, straight from the layouts in ggml-common.h, one number at a time and in double precision.
    internal static double Reference(ElementKind kind, ReadOnlySpan<byte> b, int i)
    {
        double Half(ReadOnlySpan<byte> block, int at) => (double)MemoryMarshal.Read<Half>(block[at..]);
        static int Nibble(ReadOnlySpan<byte> bytes, int j) => j < 16 ? bytes[j] % 16 : bytes[j - 16] / 16;
        static int Bit(ReadOnlySpan<byte> bytes, int j) => bytes[j / 8] >> j % 8 & 1;
        switch (kind)
        {
            case ElementKind.Q4_0: return Half(b, 0) * (Nibble(b[2..], i) - 8);
            case ElementKind.Q4_1: return Half(b, 0) * Nibble(b[4..], i) + Half(b, 2);
            case ElementKind.Q5_0: return Half(b, 0) * (Nibble(b[6..], i) + 16 * Bit(b[2..], i) - 16);
            case ElementKind.Q5_1: return Half(b, 0) * (Nibble(b[8..], i) + 16 * Bit(b[4..], i)) + Half(b, 2);
            case ElementKind.Q8_0: return Half(b, 0) * (sbyte)b[2 + i];
            case ElementKind.Q6_K:
                var sixteen = i / 16;
                var low = b[i / 128 * 64 + i % 64] >> (i % 128 >= 64 ? 4 : 0) & 15;
                var top = b[128 + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
                return Half(b, 208) * (sbyte)b[192 + sixteen] * (low + 16 * top - 32);
            default:
                // Q4_K and Q5_K: eight sub-blocks of 32; 6-bit scales 0-7, then 6-bit minimums 0-7, in ggml's order.
                var sub = i / 32;
                var packed = b.Slice(4, 12);
                var scale = sub < 4 ? packed[sub] & 63 : packed[sub + 4] % 16 + packed[sub - 4] / 64 * 16;
                var minimum = sub < 4 ? packed[sub + 4] & 63 : packed[sub + 4] / 16 + packed[sub] / 64 * 16;
                var isFive = kind == ElementKind.Q5_K;
                var stored = b[(isFive ? 48 : 16) + sub / 2 * 32 + i % 32];
                var number = (sub % 2 == 0 ? stored % 16 : stored / 16) + (isFive ? 16 * (b[16 + i % 32] >> sub & 1) : 0);
                return Half(b, 0) * scale * number - Half(b, 2) * minimum;
        }
    }
}
