using Models.Import.Quantize;
using Models.Import.Weights;
using Models.Tests.Import.Weights;
using TestKit;

namespace Models.Tests.Import.Quantize;

public sealed class BlockRepackerTests
{
    [Theory]
    [InlineData(nameof(ElementKind.Q4_0), nameof(StoredKind.Int4))]
    [InlineData(nameof(ElementKind.Q8_0), nameof(StoredKind.Int8))]
    public void Repack_RandomBlocks_KeepsEveryNumberExactly(string fromName, string toName)
    {
        var (from, to) = (Enum.Parse<ElementKind>(fromName), Enum.Parse<StoredKind>(toName));
        const int Blocks = 64;
        var row = DequantizerTests.RandomBlocks(from, Blocks, new SeededRandom(5));
        var packed = new byte[Blocks * 32 * to.Bits() / 8];
        var scales = new float[Blocks];
        BlockRepacker.Repack(from, row, packed, scales);

        var expected = new float[Blocks * 32];
        Dequantizer.Dequantize(from, row, expected);
        Assert.Equal(expected, MatMulNBits.Numbers(to, packed, scales));
    }

    [Theory]
    [InlineData(nameof(StoredKind.Int4))]
    [InlineData(nameof(StoredKind.Int8))]
    public void Zero_IsAllZeros(string name)
    {
        var kind = Enum.Parse<StoredKind>(name);
        var packed = new byte[2 * 32 * kind.Bits() / 8];
        var scales = new float[] { 1, 1 };
        BlockRepacker.Zero(kind, packed, scales);
        // Whatever the scale, the stored numbers stand for zero.
        Assert.All(MatMulNBits.Numbers(kind, packed, [3, 4]), number => Assert.Equal(0, number));
        Assert.Equal([0, 0], scales);
    }
}
