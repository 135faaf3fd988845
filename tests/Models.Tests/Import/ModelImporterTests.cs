using System.Text.Json;
using Models.Import;
using Models.Store;
using Models.Tests.Generation;
using TestKit;

namespace Models.Tests.Import;

public sealed class ModelImporterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [SharedTheory("models/golden")]
    [InlineData("tinystories-656k", "")]
    [InlineData("stories260K", "")]
    [InlineData("stories260K", "stories260K.bin")]
    public void Import_SafetensorsAndLlama2c_GivesTheGoldenTokens(string name, string file)
    {
        ModelImporter.Import(Shared.Find("models", name, file)!, _folder["model"], new ImportOptions { Quantization = Quantization.None }, CancellationToken.None);
        using var decoder = new OneSequence(_folder["model"], 512);
        using var golden = JsonDocument.Parse(File.ReadAllText(Shared.Find("models", "golden", name + "-f32-greedy.json")!));
        foreach (var item in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            decoder.Restart();
            decoder.Run(Ints(item.GetProperty("prompt_tokens")));
            foreach (var token in Ints(item.GetProperty("tokens")))
            {
                Assert.Equal(token, ArgMax(decoder.Logits));
                decoder.Run([token]);
            }
        }
    }

    private static int ArgMax(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++) if (logits[i] > logits[best]) best = i;
        return best;
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(t => t.GetInt32())];

    [Fact]
    public void Import_Gguf_ReportsAndDescribesTheModel()
    {
        var model = new GgufModel { Architecture = "qwen3", Tied = false, ContextLength = 1 << 20, Kind = GgufKind.Q8_0 };
        model.Save(_folder["model.gguf"]);
        var seen = new List<(long Done, long Total)>();
        var report = ModelImporter.Import(_folder["model.gguf"], _folder["model"], new ImportOptions { Progress = new Immediate(seen.Add) }, CancellationToken.None);
        Assert.Equal(("qwen3", "int8", "mit"), (report.Architecture, report.Quantization, report.License));
        Assert.Empty(report.Losses);
        // The rotation tables end where no box's memory would reach.
        Assert.Equal(262_144, report.ContextLength);
        Assert.Equal(seen.OrderBy(s => s.Done), seen);
        Assert.InRange(seen[^1].Done, 0.95 * seen[^1].Total, seen[^1].Total);

        var config = GenAiConfig.Read(_folder["model"]);
        Assert.Equal(("qwen3", 259, 256), (config.Model.Type, config.Model.VocabSize, config.Model.BosTokenId));
        Assert.Equal([258, 256], config.Model.EosTokenId);
        Assert.Equal((16, 64, 4, 2, 2), (config.Model.Decoder.HeadSize, config.Model.Decoder.HiddenSize, config.Model.Decoder.NumAttentionHeads,
            config.Model.Decoder.NumKeyValueHeads, config.Model.Decoder.NumHiddenLayers));
    }

    [Theory]
    [InlineData(nameof(GgufKind.F16), nameof(Quantization.Auto), "int8", "F16→int8")]
    [InlineData(nameof(GgufKind.F16), nameof(Quantization.Int4), "int4", "F16→int4")]
    [InlineData(nameof(GgufKind.F16), nameof(Quantization.None), "none", "")]
    [InlineData(nameof(GgufKind.Q8_0), nameof(Quantization.Int4), "int4", "Q8_0→int4")]
    [InlineData(nameof(GgufKind.Q4_0), nameof(Quantization.Auto), "int4", "")]
    [InlineData(nameof(GgufKind.Q4_0), nameof(Quantization.Int8), "int8", "Q4_0→int8")]
    public void Import_EveryQuantization_ReportsWhatItBecameAndCost(string kind, string quantization, string expected, string losses)
    {
        new GgufModel { Kind = Enum.Parse<GgufKind>(kind) }.Save(_folder["model.gguf"]);
        var report = ModelImporter.Import(_folder["model.gguf"], _folder["model"], new ImportOptions { Quantization = Enum.Parse<Quantization>(quantization) }, CancellationToken.None);
        Assert.Equal(expected, report.Quantization);
        Assert.Equal(losses, string.Join(' ', report.Losses.Select(l => $"{l.From}→{l.To}")));
        // The embedding and seven matrices in each of two layers; 4 bits cost some percent, 8 bits some tenths of one.
        foreach (var loss in report.Losses)
        {
            Assert.Equal(15, loss.Tensors);
            Assert.InRange(loss.RelativeError, 0.001, expected == "int4" ? 0.1 : 0.006);
        }
    }

    [Fact]
    public void Import_TablesAndMatricesOfDifferentKinds_KeepsBoth()
    {
        new GgufModel { Kind = GgufKind.Q4_0, EmbeddingKind = GgufKind.Q8_0, Tied = false }.Save(_folder["model.gguf"]);
        Assert.Equal("int4+int8", ModelImporter.Import(_folder["model.gguf"], _folder["model"], new ImportOptions(), CancellationToken.None).Quantization);
    }

    [Fact]
    public void Import_Cancelled_Stops()
    {
        new GgufModel().Save(_folder["model.gguf"]);
        Assert.ThrowsAny<OperationCanceledException>(
            () => ModelImporter.Import(_folder["model.gguf"], _folder["model"], new ImportOptions(), new CancellationToken(canceled: true)));
    }

    [RootFact]
    public void Import_DiskFull_ThrowsWhatTheDiskSays()
    {
        new GgufModel { HiddenSize = 256, FeedForwardSize = 512 }.Save(_folder["model.gguf"]);
        using var disk = new SmallDisk(_folder.Path, 1 << 20);
        Assert.Throws<IOException>(() => ModelImporter.Import(_folder["model.gguf"], Path.Combine(disk.Path, "model"), new ImportOptions(), CancellationToken.None));
    }

    [Fact]
    public void Import_WeightThatIsNotFinite_NamesTheTensor()
    {
        new GgufModel { Kind = GgufKind.F16 }.Save(_folder["model.gguf"]);
        using (var file = File.OpenWrite(_folder["model.gguf"]))
        {
            file.Position = file.Length - 64;
            file.Write([0x00, 0x7C]);
        }
        Assert.Contains("blk.1.ffn_down.weight", ImportFails(_folder["model.gguf"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_NothingThere_SaysSo()
    {
        Assert.Contains("does not exist", ImportFails(_folder["nothing.gguf"]), StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["empty"]);
        Assert.Contains("neither config.json", ImportFails(_folder["empty"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.gguf", "gguf and so on, long enough for a header", "not a GGUF file")]
    [InlineData("model.gguf", "", "is empty")]
    [InlineData("pytorch_model.bin", "PK\u0003\u0004 and so on, long enough for a header", "PyTorch")]
    [InlineData("model.safetensors", "12345678{}", "folder")]
    public void Import_FileOfAnotherKind_SaysWhatToDo(string name, string content, string expected)
    {
        File.WriteAllText(_folder[name], content);
        Assert.Contains(expected, ImportFails(_folder[name]), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_GgufUnderAnotherName_IsRead()
    {
        new GgufModel().Save(_folder["sha256-0123.bin"]);
        Assert.Equal("llama", ModelImporter.Import(_folder["sha256-0123.bin"], _folder["model"], new ImportOptions(), CancellationToken.None).Architecture);
    }

    private string ImportFails(string source) =>
        Assert.Throws<ImportException>(() => ModelImporter.Import(source, _folder["target"], new ImportOptions(), CancellationToken.None)).Message;

    public void Dispose() => _folder.Dispose();

    private sealed class Immediate(Action<(long, long)> report) : IProgress<(long, long)>
    {
        public void Report((long, long) value) => report(value);
    }
}
