using Models.Import;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Import;

/// <summary>How much memory an import takes.</summary>
[Collection(MeasuringCollection.Name)]
public sealed class ImportMemoryTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(nameof(GgufKind.F32), nameof(Quantization.Int4))]
    [InlineData(nameof(GgufKind.F32), nameof(Quantization.None))]
    [InlineData(nameof(GgufKind.Q4_0), nameof(Quantization.Auto))]
    public void Import_OneLargeTensor_AllocatesLessThanThreeTimesItsSize(string kindName, string quantizationName)
    {
        // An embedding of 40,000 × 1,024 next to which everything else is small: 164 MB as float32, 23 MB as Q4_0.
        using var folder = new TemporaryFolder();
        var kind = Enum.Parse<GgufKind>(kindName);
        var path = folder["model.gguf"];
        new GgufModel { HiddenSize = 1024, Heads = 16, KvHeads = 2, FeedForwardSize = 64, Layers = 1, VocabularySize = 40_000, Kind = kind }.Save(path);
        var largest = RandomWeights.Bytes(kind, 40_000L * 1024);

        // Once without measuring, on another model, so that code and pools are there.
        new GgufModel().Save(folder["small.gguf"]);
        ModelImporter.Import(folder["small.gguf"], folder["small"], new ImportOptions(), CancellationToken.None);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        ModelImporter.Import(path, folder["model"], new ImportOptions { Quantization = Enum.Parse<Quantization>(quantizationName) }, CancellationToken.None);
        // All that was ever allocated, not only what was held at once; what is mapped is the file's own pages.
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        output.WriteLine($"figure: import of a {largest / 1e6:F0} MB {kind} tensor to {quantizationName}: {allocated / 1e6:F1} MB allocated in all");
        Assert.InRange(allocated, 1, 3 * largest);
    }
}
