using Models.Import;
using Models.Import.Decoder;
using Models.Import.Gguf;
using TestKit;

namespace Models.Tests.Import.Gguf;

public sealed class GgufSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder["model.gguf"];

    [Theory]
    [InlineData("llama", 2, true)]
    [InlineData("qwen2", 2, false)]
    [InlineData("qwen3", 2, true)]
    [InlineData("phi3", 2, false)]
    public void Open_EveryArchitecture_FindsAllItsTensors(string architecture, int layers, bool tied)
    {
        new GgufModel { Architecture = architecture, Layers = layers, Tied = tied }.Save(Path);
        using var source = GgufSource.Open(Path);
        var weights = DecoderWeightsReader.Read(source);
        Assert.Equal(layers, weights.Layers.Count);
        Assert.Equal(tied, ReferenceEquals(weights.Embedding, weights.Output));
        Assert.Equal(architecture == "qwen2", weights.Layers[0].Query.Bias is not null);
        Assert.Equal(architecture == "qwen3", weights.Layers[0].QueryNorm is not null);
        Assert.Equal(source.Tensors.Values.Sum(t => t.Count), weights.Parameters);
        Assert.Equal("mit", source.License);
        // The end of sequence the file names, and the other tokens that end a turn in its vocabulary.
        Assert.Equal([258, 256], source.SpecialTokens.End);
        Assert.Equal(256, source.SpecialTokens.Begin);
    }

    [Fact]
    public void Open_Llama_BringsInterleavedQueryRowsIntoHalves()
    {
        var model = new GgufModel { HiddenSize = 32, Heads = 1, KvHeads = 1, Layers = 1 };
        model.Save(Path);
        using var source = GgufSource.Open(Path);
        var query = DecoderWeightsReader.Read(source).Layers[0].Query.Weight;
        var (stored, row) = (new float[32], new float[32]);
        for (var i = 0; i < 32; i++)
        {
            query.ReadRow(i, row);
            source.Tensors["blk.0.attn_q.weight"].ReadRow(i < 16 ? 2 * i : 2 * (i - 16) + 1, stored);
            Assert.Equal(stored, row);
        }
    }

    [Fact]
    public void Open_UnknownArchitecture_NamesIt()
    {
        new GgufModel { Architecture = "gemma3" }.Save(Path);
        Assert.Contains("gemma3", OpenFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoTokenizer_SaysSo()
    {
        new GgufWriter().Add("general.architecture", "llama").Add("llama.embedding_length", 32u).Save(Path);
        Assert.Contains("no tokenizer", OpenFails(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rope.scaling.type", "yarn", "yarn")]
    public void Open_UnsupportedScaling_NamesIt(string key, string value, string expected)
    {
        new GgufModel().ToWriter().Add("llama." + key, value).Save(Path);
        Assert.Contains(expected, OpenFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MixtureOfExperts_SaysSo()
    {
        new GgufModel().ToWriter().Add("llama.expert_count", 8u).Save(Path);
        Assert.Contains("mixture of experts", OpenFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ExtraTensor_NamesIt()
    {
        new GgufModel().ToWriter().AddTensor("blk.0.attn_sinks.weight", [4], new float[4]).Save(Path);
        Assert.Contains("blk.0.attn_sinks.weight", OpenFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LayerThatIsNotThere_NamesItsTensor()
    {
        // Two layers of tensors, three in the description.
        var two = new GgufModel { Layers = 2 };
        two.Save(Path);
        var bytes = File.ReadAllBytes(Path);
        bytes[bytes.AsSpan().IndexOf("llama.block_count"u8) + "llama.block_count".Length + 4] = 3;
        File.WriteAllBytes(Path, bytes);
        Assert.Contains("lacks the tensor blk.2.", OpenFails(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ShapeThatDisagrees_NamesTensorAndShapes()
    {
        new GgufModel { Architecture = "llama", FeedForwardSize = 128 }.Save(Path);
        var bytes = File.ReadAllBytes(Path);
        bytes[bytes.AsSpan().IndexOf("llama.feed_forward_length"u8) + "llama.feed_forward_length".Length + 4] = 96;
        File.WriteAllBytes(Path, bytes);
        var message = OpenFails();
        Assert.Contains("blk.0.ffn_gate.weight", message, StringComparison.Ordinal);
        Assert.Contains("[128, 64]", message, StringComparison.Ordinal);
        Assert.Contains("[96, 64]", message, StringComparison.Ordinal);
    }

    private string OpenFails() => Assert.Throws<ImportException>(() =>
    {
        using var source = GgufSource.Open(Path);
        DecoderWeightsReader.Read(source);
    }).Message;

    public void Dispose() => _folder.Dispose();
}
