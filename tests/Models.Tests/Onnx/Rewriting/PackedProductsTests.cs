using Models.Generation;
using Models.Import;
using Models.Onnx.Kernels;
using Models.Onnx.Rewriting;
using Models.Tests.Generation;
using Models.Tests.Import.Decoder;
using TestKit;

namespace Models.Tests.Onnx.Rewriting;

/// <summary>Decoders with packed weights and fused operators against the same decoders without.</summary>
public sealed class PackedProductsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Apply_ADecoder_LeavesFourProductsALayer()
    {
        if (!PanelKernel.IsSupported) return;
        Import("qwen2");
        using var packed = new PackedWeights(_folder["model"]);
        var graph = new RewriteGraph(File.ReadAllBytes(Path.Combine(_folder["model"], "model.onnx")));
        PackedProducts.Apply(graph, packed, 1);
        var kinds = graph.Nodes.CountBy(node => node.OpType).ToDictionary();
        // Two layers of attention in, attention out, gate with up, down; and the output projection.
        Assert.Equal(2 * 4 + 1, kinds[PackedProductOperator.OpType]);
        // The first norm has no sum to make, and the last one stands before the choice of the last position.
        Assert.Equal(1, kinds["SimplifiedLayerNormalization"]);
        Assert.Equal(1, kinds["SkipSimplifiedLayerNormalization"]);
        foreach (var gone in new[] { "MatMulNBits", "Add", "Sigmoid", "Mul" }) Assert.False(kinds.ContainsKey(gone), gone);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    [InlineData("phi3")]
    public void Run_WithPackedWeights_GivesTheLogitsItGivesWithout(string architecture)
    {
        Import(architecture);
        using var packed = Load(true);
        using var mapped = Load(false);
        // A prompt that goes through in one step, then single tokens.
        foreach (var tokens in new[] { ReferenceModels.Prompt[..30], ReferenceModels.Prompt[30..31], ReferenceModels.Prompt[31..34] })
        {
            packed.Run(tokens);
            mapped.Run(tokens);
            for (var i = 0; i < mapped.Logits.Length; i++) Assert.Equal(mapped.Logits[i], packed.Logits[i], 2e-3);
        }
    }

    private void Import(string architecture)
    {
        new GgufModel { Architecture = architecture, Kind = GgufKind.Q4_0, HiddenSize = 96, Heads = 3, KvHeads = 3, FeedForwardSize = 160 }.Save(_folder["model.gguf"]);
        ModelImporter.Import(_folder["model.gguf"], _folder["model"], new ImportOptions(), CancellationToken.None);
    }

    private OneSequence Load(bool pack) => new(_folder["model"], 64, new EngineOptions { Threads = 2, PackWeights = pack });

    public void Dispose() => _folder.Dispose();
}
