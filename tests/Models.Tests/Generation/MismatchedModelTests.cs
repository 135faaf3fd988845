using System.Text.Json.Nodes;
using Models.Generation;
using Models.Import;
using Models.Onnx;
using Models.Store;
using TestKit;

namespace Models.Tests.Generation;

/// <summary>A configuration that does not fit its graph: an error at load, never a read or a write beside the mark.</summary>
public sealed class MismatchedModelTests
{
    [Theory]
    [InlineData("head_size", 32)]
    [InlineData("head_size", 8)]
    [InlineData("head_size", 1024)]
    [InlineData("head_size", 12)]
    [InlineData("num_key_value_heads", 1)]
    [InlineData("num_key_value_heads", 4)]
    [InlineData("num_hidden_layers", 1)]
    public void Load_ConfigurationStatesOtherHeads_IsRefused(string field, int value)
    {
        using var folder = new TemporaryFolder();
        new GgufModel { Layers = 2 }.Save(folder["model.gguf"]);
        ModelImporter.Import(folder["model.gguf"], folder["model"], new ImportOptions(), CancellationToken.None);
        var path = Path.Combine(folder["model"], GenAiConfig.FileName);
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config["model"]!["decoder"]![field] = value;
        File.WriteAllText(path, config.ToJsonString());

        var error = Assert.ThrowsAny<ModelException>(() => new LocalLanguageModel("model", folder["model"], new EngineOptions()));
        Assert.Matches(field == "head_size" && value is 1024 or 12 ? "heads of \\d+ dimensions" : "does not fit|do not fit", error.Message);
    }

    [Fact]
    public void Load_ContextBeyondTheRotationTables_IsRefusedWhenItIsMet()
    {
        using var folder = new TemporaryFolder();
        new GgufModel { ContextLength = 64 }.Save(folder["model.gguf"]);
        ModelImporter.Import(folder["model.gguf"], folder["model"], new ImportOptions(), CancellationToken.None);
        using var sequence = new OneSequence(folder["model"], 4096);
        var error = Assert.Throws<OnnxRuntimeException>(() => sequence.Run(new int[100]));
        Assert.Contains("rotation tables", error.Message);
    }
}
