using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Models.Import;
using Models.Import.Decoder;
using Models.Import.Safetensors;
using TestKit;

namespace Models.Tests.Import.Safetensors;

public sealed class SafetensorsSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("F32", 0f)]
    [InlineData("F16", 1e-4f)]
    [InlineData("BF16", 1e-3f)]
    public void Open_EveryKind_ReadsTheNumbers(string dtype, float tolerance)
    {
        SafetensorsFolder.Write(_folder.Path, dtype: dtype);
        using var source = SafetensorsSource.Open(_folder.Path);
        var weights = DecoderWeightsReader.Read(source);
        var random = new SeededRandom(9);
        var row = new float[SafetensorsFolder.Hidden];
        for (var token = 0; token < SafetensorsFolder.Vocabulary; token++)
        {
            weights.Embedding.ReadRow(token, row);
            foreach (var number in row) Assert.Equal(0.1f * random.NextSigned(), number, tolerance);
        }
        Assert.Equal([2], source.SpecialTokens.End);
    }

    [Fact]
    public void Open_Shards_ReadsThemAll()
    {
        var tensors = SafetensorsFolder.Tensors();
        SafetensorsFolder.Write(_folder.Path);
        File.Delete(_folder["model.safetensors"]);
        SafetensorsFolder.WriteFile(_folder["a.safetensors"], tensors[..4]);
        SafetensorsFolder.WriteFile(_folder["b.safetensors"], tensors[4..]);
        WriteIndex(tensors.Select((t, i) => (t.Name, i < 4 ? "a.safetensors" : "b.safetensors")));
        using var source = SafetensorsSource.Open(_folder.Path);
        Assert.Equal(tensors.Sum(t => t.Shape.Aggregate((a, b) => a * b)), DecoderWeightsReader.Read(source).Parameters);
    }

    [Theory]
    [InlineData("../a.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("")]
    public void Open_IndexThatLeadsOutOfTheFolder_IsRefused(string file)
    {
        SafetensorsFolder.Write(_folder.Path);
        WriteIndex([("model.norm.weight", file)]);
        Assert.Contains("not a plain file name", OpenFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_IndexThatListsATensorNoFileHas_NamesIt()
    {
        SafetensorsFolder.Write(_folder.Path);
        WriteIndex([("model.norm.weight", "model.safetensors"), ("model.lost.weight", "model.safetensors")]);
        Assert.Contains("model.lost.weight", OpenFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TiedTableUnderTheOutputsName_IsFound()
    {
        var tensors = SafetensorsFolder.Tensors();
        tensors[0] = ("lm_head.weight", tensors[0].Shape);
        SafetensorsFolder.Write(_folder.Path, tensors: tensors);
        using var source = SafetensorsSource.Open(_folder.Path);
        Assert.Equal(SafetensorsFolder.Vocabulary, DecoderWeightsReader.Read(source).Output.Rows);
    }

    [Fact]
    public void Open_EndsOfAnswerInGenerationConfig_AreTakenFromThere()
    {
        SafetensorsFolder.Write(_folder.Path);
        File.WriteAllText(_folder["generation_config.json"], """{"eos_token_id":[5,6]}""");
        using var source = SafetensorsSource.Open(_folder.Path);
        Assert.Equal([5, 6], source.SpecialTokens.End);
        Assert.Equal(1, source.SpecialTokens.Begin);
    }

    [Theory]
    [InlineData("model_type", "\"gemma3\"", "gemma3")]
    [InlineData("hidden_act", "\"gelu\"", "gelu")]
    [InlineData("quantization_config", "{\"quant_method\":\"awq\"}", "awq")]
    [InlineData("rope_scaling", "{\"rope_type\":\"yarn\",\"factor\":4}", "yarn")]
    [InlineData("rope_scaling", "{\"rope_type\":\"dynamic\",\"factor\":4}", "dynamic")]
    [InlineData("num_key_value_heads", "3", "4 heads over 3")]
    [InlineData("num_hidden_layers", "-1", "-1 layers")]
    [InlineData("num_hidden_layers", "2", "model.layers.1.")]
    [InlineData("hidden_size", "\"wide\"", "hidden_size as String")]
    [InlineData("hidden_size", "0", "hidden size of 0")]
    [InlineData("head_dim", "7", "7 dimensions")]
    [InlineData("intermediate_size", "95", "[95, 64]")]
    [InlineData("vocab_size", "301", "[301, 64]")]
    [InlineData("tie_word_embeddings", "false", "lm_head.weight")]
    [InlineData("max_position_embeddings", "0", "context of 0")]
    [InlineData("rope_theta", "-1", "base -1")]
    public void Open_ConfigThatCannotBe_SaysWhat(string key, string value, string expected)
    {
        var config = SafetensorsFolder.Config();
        config[key] = JsonNode.Parse(value);
        SafetensorsFolder.Write(_folder.Path, config);
        Assert.Contains(expected, OpenFails(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json", "{")]
    [InlineData("config.json", "[]")]
    [InlineData("generation_config.json", "{\"eos_token_id\":\"x\"}")]
    public void Open_MalformedJson_NamesTheFile(string file, string content)
    {
        SafetensorsFolder.Write(_folder.Path);
        File.WriteAllText(_folder[file], content);
        Assert.Contains(file, OpenFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoTokenizer_SaysHowToMakeOne()
    {
        SafetensorsFolder.Write(_folder.Path);
        File.Delete(_folder["tokenizer.json"]);
        Assert.Contains("no tokenizer.json", OpenFails(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"t":{"dtype":"F32","shape":[2,2],"data_offsets":[0,12]}}""", "12 bytes where its shape asks for 16")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2,2],"data_offsets":[-4,12]}}""", "outside")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2,2],"data_offsets":[4,20]}}""", "past the end")]
    [InlineData("""{"t":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,16]}}""", "one or two dimensions")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1,1,4],"data_offsets":[0,16]}}""", "one or two dimensions")]
    [InlineData("""{"t":{"dtype":"F8_E4M3","shape":[4,4],"data_offsets":[0,16]}}""", "F8_E4M3")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2,2]}}""", "incomplete")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"t":{"dtype":"F32","shape":[],"data_offsets":[0,0]}}""", "one or two dimensions")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"u":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "t and u overlap")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"t":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", "t occurs twice")]
    [InlineData("""{"t":[]}""", "JSON")]
    [InlineData("""{"t":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "JSON")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2e0,2.5],"data_offsets":[0,8]}}""", "JSON")]
    [InlineData("{ ", "JSON")]
    [InlineData("", "length of its header")]
    public void Open_DamagedHeader_SaysWhat(string header, string expected)
    {
        SafetensorsFolder.Write(_folder.Path);
        var json = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + json.Length + 16];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        File.WriteAllBytes(_folder["model.safetensors"], file);
        Assert.Contains(expected, OpenFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Llama31_ReadsItsRotaryScaling()
    {
        var config = SafetensorsFolder.Config();
        config["rope_scaling"] = JsonNode.Parse("""{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":64}""");
        SafetensorsFolder.Write(_folder.Path, config);
        using var source = SafetensorsSource.Open(_folder.Path);
        Assert.Equal(Models.Import.Sources.Rope.FromBase(10_000, 16).Llama3(8, 1, 4, 64).Frequencies, source.Shape.Rope.Frequencies);
    }

    private void WriteIndex(IEnumerable<(string Tensor, string File)> entries) => File.WriteAllText(_folder["model.safetensors.index.json"],
        new JsonObject { ["weight_map"] = new JsonObject(entries.Select(e => KeyValuePair.Create<string, JsonNode?>(e.Tensor, e.File))) }.ToJsonString());

    private string OpenFails() => Assert.Throws<ImportException>(() =>
    {
        using var source = SafetensorsSource.Open(_folder.Path);
        DecoderWeightsReader.Read(source);
    }).Message;

    public void Dispose() => _folder.Dispose();
}
