using System.Text.Json.Nodes;
using Models.Import;
using Models.Import.Onnx;
using Models.Store;
using TestKit;

namespace Models.Tests.Embedding;

/// <summary>Folders of encoders as others publish them, whole and broken, through the importer a person uses.</summary>
public sealed class EncoderFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Source => _folder["source"];

    private string Target => _folder["target"];

    private string Graph => Path.Combine(Source, "onnx", "model.onnx");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, ModelKind.Embedding)]
    [InlineData(true, ModelKind.Reranker)]
    public void Import_WholeFolder_IsOfItsKind(bool reranker, ModelKind kind)
    {
        var model = new BertModel { Reranker = reranker };
        model.Save(Source);
        File.WriteAllText(Path.Combine(Source, "README.md"), "---\nlicense: apache-2.0\n---\n");
        var report = Import();
        Assert.Equal((kind, "bert", "none", 40, "apache-2.0"), (report.Kind, report.Architecture, report.Quantization, report.ContextLength, report.License));
        // Beside the weights three constants of the graph.
        Assert.Equal(model.Weights.Values.Sum(weight => weight.Values.LongLength) + 3, report.Parameters);
        Assert.Equal(["encoder.json", "model.onnx", "model.onnx.data", "tokenizer.json", "tokenizer_config.json"],
            Directory.GetFiles(Target).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Import_QuantizedGraphBesideTheFloatOne_IsPreferred()
    {
        new BertModel().Save(Source);
        new BertModel { Quantized = true }.Save(Source);
        Assert.Equal("int8", Import().Quantization);
    }

    [Fact]
    public void Import_FlatFolder_AsAPullLeavesIt_Works()
    {
        new BertModel { Pooling = "cls_token" }.Save(Source);
        foreach (var file in Directory.GetFiles(Path.Combine(Source, "onnx"))) File.Move(file, Path.Combine(Source, Path.GetFileName(file)));
        File.Move(Path.Combine(Source, "1_Pooling", "config.json"), Path.Combine(Source, "1_Pooling_config.json"));
        Import();
        Assert.Contains("\"cls\"", File.ReadAllText(Path.Combine(Target, "encoder.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_LengthsThatDisagree_TakesTheShortest()
    {
        new BertModel().Save(Source);
        Edit("sentence_bert_config.json", config => config["max_seq_length"] = 20);
        Assert.Equal(20, Import().ContextLength);
        Edit("sentence_bert_config.json", config => config["max_seq_length"] = 512);
        Assert.Equal(40, Import().ContextLength);
    }

    [Theory]
    [InlineData("onnx/model.onnx", "model.onnx")]
    [InlineData("onnx/model.onnx.data", "model.onnx.data")]
    [InlineData("tokenizer.json", "tokenizer.json")]
    public void Import_FileMissing_NamesIt(string file, string named)
    {
        new BertModel().Save(Source);
        File.Delete(Path.Combine(Source, file));
        Assert.Contains(named, ImportFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_GraphTruncated_SaysSo()
    {
        new BertModel().Save(Source);
        var whole = File.ReadAllBytes(Graph);
        foreach (var length in (int[])[0, 1, 100, whole.Length / 2, whole.Length - 1])
        {
            File.WriteAllBytes(Graph, whole[..length]);
            Assert.Contains("model.onnx", ImportFails(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Import_WeightsTruncated_SaysSo()
    {
        new BertModel().Save(Source);
        using (var data = File.OpenWrite(Graph + ".data")) data.SetLength(data.Length - 1);
        Assert.Contains("ends too early", ImportFails(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("input_ids_2", "last_hidden_state", "lacks the input input_ids")]
    [InlineData("input_ids,pixel_values", "last_hidden_state", "an input pixel_values")]
    [InlineData("input_ids", "logits", "returns none of last_hidden_state")]
    public void Import_OtherInputsOrOutputs_AreNamed(string inputs, string output, string message)
    {
        new BertModel().Save(Source);
        var graph = new OnnxGraph();
        foreach (var input in inputs.Split(',')) graph.Input(input, OnnxType.Int64, "batch", "sequence");
        graph.Output(output, OnnxType.Float, "batch", "sequence", 32);
        graph.Save(Graph);
        Assert.Contains(message, ImportFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_InputsOfAnotherType_AreNamed()
    {
        new BertModel().Save(Source);
        var graph = new OnnxGraph();
        graph.Input("input_ids", OnnxType.Float, "batch", "sequence", 32);
        graph.Output(graph.Node("Identity", "id", ["input_ids"], ["last_hidden_state"]), OnnxType.Float, "batch", "sequence", 32);
        graph.Save(Graph);
        Assert.Contains("must take input_ids as int64", ImportFails(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json", "hidden_size", 16, "was expected")]
    [InlineData("config.json", "hidden_size", -1, "cannot be")]
    [InlineData("config.json", "vocab_size", 10, "do not belong together")]
    [InlineData("config.json", "pad_token_id", 100_000, "cannot be")]
    [InlineData("config.json", "max_position_embeddings", 3, "cannot be")]
    [InlineData("config.json", "architectures", 7, "a list of strings is expected")]
    public void Import_DescriptionThatDoesNotFit_IsExplained(string file, string key, int value, string message)
    {
        new BertModel().Save(Source);
        Edit(file, config => config[key] = value);
        Assert.Contains(message, ImportFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_WhatIsNotSupported_IsNamed()
    {
        new BertModel().Save(Source);
        Edit("1_Pooling/config.json", config => (config["pooling_mode_mean_tokens"], config["pooling_mode_lasttoken"]) = (false, true));
        Assert.Contains("lasttoken", ImportFails(), StringComparison.Ordinal);
        new BertModel { Pooling = "lasttoken" }.Save(Source);
        Assert.Contains("lasttoken", ImportFails(), StringComparison.Ordinal);

        new BertModel().Save(Source);
        var modules = JsonNode.Parse(File.ReadAllText(Path.Combine(Source, "modules.json")))!;
        modules[2]!["type"] = "sentence_transformers.models.Dense";
        File.WriteAllText(Path.Combine(Source, "modules.json"), modules.ToJsonString());
        Assert.Contains("Dense", ImportFails(), StringComparison.Ordinal);

        new BertModel { Reranker = true }.Save(_folder["other"]);
        File.WriteAllText(Path.Combine(_folder["other"], "config.json"),
            """{"model_type":"bert","architectures":["BertForSequenceClassification"],"id2label":{"0":"good","1":"bad"},"hidden_size":32,"vocab_size":89}""");
        Assert.Contains("2 classes", Assert.Throws<ImportException>(() => ModelImporter.Import(_folder["other"], Target, new(), default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_TokenizerOfAnotherKind_IsRefused()
    {
        new BertModel().Save(Source);
        Edit("tokenizer.json", tokenizer => tokenizer["model"]!["type"] = "Unigram");
        Assert.Contains("Unigram", ImportFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_Quantize_IsRefused()
    {
        new BertModel().Save(Source);
        Assert.Contains("Leave the quantization out", Assert.Throws<ImportException>(
            () => ModelImporter.Import(Source, Target, new ImportOptions { Quantization = Quantization.Int8 }, default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_DamagedGraphs_AreRefusedOrImportedButNeverCrash()
    {
        new BertModel().Save(Source);
        var whole = File.ReadAllBytes(Graph);
        var random = new SeededRandom(5);
        for (var i = 0; i < 100; i++)
        {
            var damaged = (byte[])whole.Clone();
            for (var flips = 1 + random.Next(3); flips > 0; flips--) damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Graph, damaged);
            try
            {
                Import();
            }
            catch (ModelException) { }
        }
    }

    [Fact]
    public void Store_EncodersAndDecoders_AreKeptApart()
    {
        var store = new ModelStore(_folder["home"]);
        new BertModel().Save(Source);
        store.Import(Source, "embedder", new());
        Assert.Contains("No model that answers is installed. Installed: embedder", Assert.Throws<StoreException>(() => store.Get(null)).Message, StringComparison.Ordinal);
        new GgufModel().Save(_folder["m.gguf"]);
        store.Import(_folder["m.gguf"], "decoder", new());
        new BertModel().Save(Source);
        store.Import(Source, "newer", new());
        Assert.Equal("decoder", store.Get(null).Manifest.Name);
        Assert.Equal("newer", store.Newest(ModelKind.Embedding)!.Manifest.Name);
        Assert.Equal((ModelKind.Embedding, ModelKind.Decoder), (store.Get("embedder").Manifest.Kind, store.Get("decoder").Manifest.Kind));
        Assert.Null(store.Newest(ModelKind.Reranker));
        Assert.Contains("built-in", Assert.Throws<StoreException>(() => store.Import(Source, "hash-1024", new())).Message, StringComparison.Ordinal);
    }

    private ImportReport Import()
    {
        if (Directory.Exists(Target)) Directory.Delete(Target, recursive: true);
        return ModelImporter.Import(Source, Target, new ImportOptions(), CancellationToken.None);
    }

    private string ImportFails() => Assert.ThrowsAny<ModelException>(Import).Message;

    private void Edit(string name, Action<JsonNode> edit)
    {
        var path = Path.Combine(Source, name);
        var node = JsonNode.Parse(File.ReadAllText(path))!;
        edit(node);
        File.WriteAllText(path, node.ToJsonString());
    }
}
