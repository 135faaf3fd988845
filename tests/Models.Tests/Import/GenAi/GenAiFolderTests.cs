using System.Text.Json.Nodes;
using Models.Import;
using Models.Import.Onnx;
using TestKit;

namespace Models.Tests.Import.GenAi;

public sealed class GenAiFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Made => _folder["made"];

    private string Target => _folder["target"];

    public GenAiFolderTests()
    {
        new GgufModel { Kind = GgufKind.Q4_0 }.Save(_folder["model.gguf"]);
        ModelImporter.Import(_folder["model.gguf"], Made, new ImportOptions(), CancellationToken.None);
        File.WriteAllText(Path.Combine(Made, "README.md"), "---\nlicense: mit\n---\n");
    }

    [Fact]
    public void Import_WholeFolder_CopiesItsFilesUnchanged()
    {
        File.WriteAllText(Path.Combine(Made, "notes.txt"), "not part of the model");
        var seen = new List<(long Done, long Total)>();
        var report = ModelImporter.Import(Made, Target, new ImportOptions { Progress = new Immediate(seen.Add) }, CancellationToken.None);
        Assert.Equal(("llama", "int4", 512, "mit"), (report.Architecture, report.Quantization, report.ContextLength, report.License));
        Assert.Equal(["genai_config.json", "model.onnx", "model.onnx.data", "tokenizer.json", "tokenizer_config.json"],
            Directory.GetFiles(Target).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var file in Directory.GetFiles(Target)) Assert.Equal(File.ReadAllBytes(Path.Combine(Made, Path.GetFileName(file))), File.ReadAllBytes(file));
        Assert.Equal(seen[^1].Total, seen[^1].Done);
        // Matrices, norms and nothing else: 259 × 64 tied, two layers of 4 × 64-wide attention and a 128-wide feed-forward, five norms.
        Assert.Equal(259 * 64 + 2 * (64 * 64 * 2 + 32 * 64 * 2 + 3 * 64 * 128) + 5 * 64, report.Parameters);
    }

    [Theory]
    [InlineData("genai_config.json")]
    [InlineData("model.onnx")]
    [InlineData("model.onnx.data")]
    [InlineData("tokenizer.json")]
    public void Import_FileMissing_NamesIt(string name)
    {
        File.Delete(Path.Combine(Made, name));
        Assert.Contains(name, ImportFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_DataTruncated_SaysSo()
    {
        using (var data = File.OpenWrite(Path.Combine(Made, "model.onnx.data"))) data.SetLength(data.Length - 1);
        Assert.Contains("ends too early", ImportFails(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../outside.data")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/inside.data")]
    [InlineData("..\\outside.data")]
    [InlineData("..")]
    public void Import_DataOutsideTheFolder_IsRefused(string location)
    {
        File.WriteAllText(_folder["outside.data"], "secret");
        SaveGraph(graph => graph.External("w", OnnxType.Float, [1], location, 0, 4));
        Assert.Contains("not a plain file name", ImportFails(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.onnx.data")]
    [InlineData("tokenizer_config.json")]
    public void Import_LinkThatLeadsOut_IsRefused(string name)
    {
        var path = Path.Combine(Made, name);
        File.Move(path, _folder["elsewhere"]);
        File.CreateSymbolicLink(path, "../elsewhere");
        Assert.Contains("outside the folder", ImportFails(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("past_key_names", "past.%d.k", "lacks the input past.0.k")]
    [InlineData("input_ids", "ids", "lacks the input ids")]
    public void Import_InputTheGraphLacks_NamesIt(string key, string name, string expected)
    {
        EditConfig(config => config["model"]!["decoder"]!["inputs"]![key] = name);
        Assert.Contains(expected, ImportFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_FewerLayersThanTheGraph_NamesTheInputThatIsLeft()
    {
        EditConfig(config => config["model"]!["decoder"]!["num_hidden_layers"] = 1);
        Assert.Contains("past_key_values.1.key", ImportFails(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../model.onnx")]
    [InlineData("")]
    public void Import_GraphOutsideTheFolder_IsRefused(string name)
    {
        EditConfig(config => config["model"]!["decoder"]!["filename"] = name);
        Assert.Contains("not a plain file name", ImportFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_GraphOfRandomBytes_IsRefused()
    {
        var random = new SeededRandom(8);
        for (var round = 0; round < 200; round++)
        {
            var bytes = new byte[64];
            random.Fill(bytes);
            File.WriteAllBytes(Path.Combine(Made, "model.onnx"), bytes);
            ImportFails();
        }
    }

    [Fact]
    public void Import_WithAQuantization_SaysThatWeightsStay() => Assert.Contains("stay as they are", Assert.Throws<ImportException>(
        () => ModelImporter.Import(Made, Target, new ImportOptions { Quantization = Quantization.Int8 }, CancellationToken.None)).Message, StringComparison.Ordinal);

    private void SaveGraph(Action<OnnxGraph> build)
    {
        var graph = new OnnxGraph();
        foreach (var input in (string[])["input_ids", "attention_mask", .. PerLayer("past_key_values.{0}.key"), .. PerLayer("past_key_values.{0}.value")])
            graph.Input(input, OnnxType.Float);
        foreach (var output in (string[])["logits", .. PerLayer("present.{0}.key"), .. PerLayer("present.{0}.value")]) graph.Output(output, OnnxType.Float);
        build(graph);
        graph.Save(Path.Combine(Made, "model.onnx"));

        static string[] PerLayer(string pattern) => [pattern.Replace("{0}", "0"), pattern.Replace("{0}", "1")];
    }

    private void EditConfig(Action<JsonNode> edit)
    {
        var path = Path.Combine(Made, "genai_config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        edit(config);
        File.WriteAllText(path, config.ToJsonString());
    }

    private string ImportFails()
    {
        var message = Assert.ThrowsAny<ModelException>(() => ModelImporter.Import(Made, Target, new ImportOptions(), CancellationToken.None)).Message;
        if (Directory.Exists(Target)) Directory.Delete(Target, recursive: true);
        return message;
    }

    public void Dispose() => _folder.Dispose();

    private sealed class Immediate(Action<(long, long)> report) : IProgress<(long, long)>
    {
        public void Report((long, long) value) => report(value);
    }
}
