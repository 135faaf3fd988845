using Models.Budget;
using Models.Import;
using Models.Onnx.Attention;
using Models.Onnx.Kernels;
using Models.Store;
using TestKit;

namespace Models.Tests.Budget;

/// <summary>What folders of imported random models say of themselves.</summary>
public sealed class ModelFootprintTests : IDisposable
{
    // Rows × columns of one layer's matrices: packed query, key and value, output, gate, up, down.
    private const long LayerWeights = (64 + 2 * 32) * 64 + 64 * 64 + 3 * 128 * 64;
    private const long Vocabulary = 1024 * 64;

    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Of_Float_CopiesEveryMatrixAndMapsTheRest()
    {
        var footprint = Footprint(Quantization.None);
        Assert.Equal(2 * LayerWeights + Vocabulary, footprint.MatrixWeights);
        Assert.InRange(footprint.PrivateBytes, footprint.MatrixWeights * 4, footprint.MatrixWeights * 4 + 256);
        // The embedding, rotary tables of 512 positions with 8 angles, five norms.
        Assert.Equal(Vocabulary * 4 + 2 * 512 * 8 * 4 + 5 * 64 * 4, footprint.MappedBytes);
    }

    [Fact]
    public void Of_Int8_CopiesWithAScaleAndASumForEveryBlock()
    {
        var footprint = Footprint(Quantization.Int8);
        Assert.Equal(2 * LayerWeights + Vocabulary, footprint.MatrixWeights);
        Assert.InRange(footprint.PrivateBytes, footprint.MatrixWeights * 5 / 4, footprint.MatrixWeights * 5 / 4 + Vocabulary / 32 * 4 + 256);
        Assert.InRange(footprint.MappedBytes, Vocabulary, Vocabulary * 2);
    }

    [Fact]
    public void Of_Int4_UsesTheFile()
    {
        if (!Int4Kernel.IsSupported) return;
        var footprint = Footprint(Quantization.Int4);
        Assert.Equal(2 * LayerWeights + Vocabulary, footprint.MatrixWeights);
        Assert.InRange(footprint.MappedBytes, footprint.MatrixWeights / 2, footprint.MatrixWeights);
        Assert.InRange(footprint.PrivateBytes, 0, Vocabulary / 32 * 4 + 256);
    }

    [Fact]
    public void Of_AnyModel_KnowsItsKeysAndValues()
    {
        var footprint = Footprint(Quantization.Int4);
        // 2 layers × 2 heads × 16 dimensions, keys and values.
        Assert.Equal(2 * 4 * 16 * 4, footprint.KvBytesPerToken(KvType.Float32));
        Assert.Equal(2 * 4 * 16 * 2, footprint.KvBytesPerToken(KvType.Float16));
        Assert.Equal(2 * 4 * (16 + 4), footprint.KvBytesPerToken(KvType.Int8));
        Assert.False(footprint.SuitsInt8);
        Assert.Equal((512, 1024 * 4, 40 * 128), (footprint.ContextLength, footprint.LogitsBytes, footprint.ActivationBytesPerToken));
    }

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("genai_config.json")]
    public void Of_ADamagedFolder_SaysSo(string file)
    {
        var folder = Install(Quantization.Int4);
        File.WriteAllBytes(Path.Combine(folder, file), [0xFF, 0xFF, 0xFF]);
        Assert.ThrowsAny<ModelException>(() => ModelFootprint.Of(folder));
        File.Delete(Path.Combine(folder, file));
        Assert.ThrowsAny<ModelException>(() => ModelFootprint.Of(folder));
    }

    private ModelFootprint Footprint(Quantization quantization) => ModelFootprint.Of(Install(quantization));

    private string Install(Quantization quantization)
    {
        new GgufModel { VocabularySize = 1024 }.Save(_home["model.gguf"]);
        return new ModelStore(_home.Path).Import(_home["model.gguf"], "model", new ImportOptions { Quantization = quantization }).Model.Folder;
    }
}
