using Models.Import;
using Models.Import.Quantize;
using Models.Import.Weights;

namespace Models.Tests.Import.Quantize;

public sealed class QuantizationPlanTests
{
    [Theory]
    [InlineData(nameof(ElementKind.Q4_0), nameof(StoredKind.Int4))]
    [InlineData(nameof(ElementKind.Q4_1), nameof(StoredKind.Int4))]
    [InlineData(nameof(ElementKind.Q4_K), nameof(StoredKind.Int4))]
    [InlineData(nameof(ElementKind.Q5_0), nameof(StoredKind.Int8))]
    [InlineData(nameof(ElementKind.Q5_1), nameof(StoredKind.Int8))]
    [InlineData(nameof(ElementKind.Q5_K), nameof(StoredKind.Int8))]
    [InlineData(nameof(ElementKind.Q6_K), nameof(StoredKind.Int8))]
    [InlineData(nameof(ElementKind.Q8_0), nameof(StoredKind.Int8))]
    public void Choose_Auto_KeepsTheKindOfQuantizedSources(string source, string expected) =>
        Assert.Equal(Enum.Parse<StoredKind>(expected), new QuantizationPlan(Quantization.Auto, 7_000_000_000).Choose(Enum.Parse<ElementKind>(source)));

    [Theory]
    [InlineData(999_999_999, nameof(StoredKind.Int8))]
    [InlineData(1_000_000_000, nameof(StoredKind.Int4))]
    public void Choose_AutoOfFloats_GoesByTheModelsSize(long parameters, string expected)
    {
        foreach (var source in new[] { ElementKind.F32, ElementKind.F16, ElementKind.BF16 })
            Assert.Equal(Enum.Parse<StoredKind>(expected), new QuantizationPlan(Quantization.Auto, parameters).Choose(source));
    }

    [Fact]
    public void Choose_Asked_HoldsForEveryKind()
    {
        foreach (var source in Enum.GetValues<ElementKind>())
        {
            Assert.Equal(StoredKind.Int4, new QuantizationPlan(Quantization.Int4, 1).Choose(source));
            Assert.Equal(StoredKind.Int8, new QuantizationPlan(Quantization.Int8, 1).Choose(source));
            Assert.Equal(StoredKind.Float, new QuantizationPlan(Quantization.None, 1).Choose(source));
        }
    }
}
