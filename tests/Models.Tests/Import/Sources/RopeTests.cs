using Models.Import;
using Models.Import.Sources;

namespace Models.Tests.Import.Sources;

public sealed class RopeTests
{
    [Fact]
    public void FromBase_TurnsByPowersOfTheBase()
    {
        var rope = Rope.FromBase(10_000, 8);
        Assert.Equal([1, 0.1, 0.01, 0.001], rope.Frequencies.Select(f => Math.Round(f, 12)));
    }

    [Fact]
    public void Linear_DividesEveryFrequency() => Assert.Equal([0.25, 0.025], Rope.FromBase(100, 4).Linear(4).Frequencies.Select(f => Math.Round(f, 12)));

    [Fact]
    public void Llama3_KeepsFastPairsDividesSlowOnesAndBlendsBetween()
    {
        // Llama 3.2 1B: head 64, theta 500000, factor 32, low 1, high 4, original 8192. Values by the formula of the model's release,
        // per wavelength: kept below 8192 / 4, divided by 32 above 8192, blended between.
        var plain = Rope.FromBase(500_000, 64);
        var scaled = plain.Llama3(32, 1, 4, 8192);
        for (var i = 0; i < 32; i++)
        {
            var wavelength = 2 * Math.PI / plain.Frequencies[i];
            var smooth = (8192 / wavelength - 1) / 3;
            var expected = wavelength < 2048 ? plain.Frequencies[i]
                : wavelength > 8192 ? plain.Frequencies[i] / 32
                : (1 - smooth) * plain.Frequencies[i] / 32 + smooth * plain.Frequencies[i];
            Assert.Equal(expected, scaled.Frequencies[i], 1e-15);
        }
        Assert.Equal(plain.Frequencies[0], scaled.Frequencies[0]);
        Assert.Equal(plain.Frequencies[31] / 32, scaled.Frequencies[31], 1e-18);
    }

    [Fact]
    public void LongRopeMagnitude_OfPhi35_IsWhatItsConfigurationStates() =>
        // Phi-3.5-mini: 131072 over 4096; its GGUF files state attn_factor 1.190238.
        Assert.Equal(1.190238, Rope.LongRopeMagnitude(131_072, 4096), 1e-6);

    [Theory]
    [InlineData(0, 8)]
    [InlineData(double.NaN, 8)]
    [InlineData(10_000, 7)]
    [InlineData(10_000, 0)]
    [InlineData(10_000, 1 << 20)]
    public void FromBase_Impossible_Throws(double @base, int size) => Assert.Throws<ImportException>(() => Rope.FromBase(@base, size));

    [Fact]
    public void Divide_FactorsOfAnotherLengthOrNotPositive_Throws()
    {
        var rope = Rope.FromBase(10_000, 4);
        Assert.Throws<ImportException>(() => rope.Divide([1]));
        Assert.Throws<ImportException>(() => rope.Divide([1, 0]));
        Assert.Throws<ImportException>(() => rope.Divide([1, double.PositiveInfinity]));
    }
}
