using Models.Import.Onnx;
using Models.Import.Quantize;
using Models.Import.Sources;
using Models.Onnx.Rewriting;

namespace Models.Import.Decoder;

/// <summary>
/// Builds the decoder's graph with the operators and names of ONNX Runtime GenAI's model builder: GroupQueryAttention with rotary
/// embedding inside, MatMulNBits, fused skip connections and norms. Inputs are input_ids, attention_mask and the past of every layer;
/// positions follow from the mask. Weights are stored as the graph comes to them.
/// </summary>
internal sealed partial class DecoderGraph(ModelShape shape, DecoderWeights weights, QuantizationPlan plan, OnnxGraph graph, WeightStore store)
{
    // Prompts need the logits of their last position only; with all of them a 512-token prompt of a 150,000-token vocabulary would
    // compute and hold 300 MB that nobody reads.
    private const bool LastPositionOnly = true;

    private const string ModelPrefix = "/model";

    private string _residual = "";
    private string _sublayer = "";

    /// <summary>Adds everything to the graph.</summary>
    public void Build()
    {
        var vocabulary = weights.Output.Rows;
        var outputKind = plan.Choose(weights.Output);
        var output = store.Matrix("lm_head.MatMul", weights.Output, outputKind);
        var mask = new MaskInputs(graph);
        var rope = RopeTables.Store(store, shape, weights.Heads.RotaryHalf);
        var positions = rope.LongStart > 0 ? LongRopePositions(mask, rope.LongStart) : "";

        _residual = Embed(output);
        for (var layer = 0; layer < shape.Layers; layer++) Layer(layer, mask, rope, positions);

        var last = Norm($"/model/layers.{shape.Layers}/final_norm_layernorm", $"model.layers.{shape.Layers}.final_norm_layernorm.weight", weights.FinalNorm);
        if (LastPositionOnly)
        {
            last = graph.Node("Gather", "/lm_head/prune/Gather", [last, graph.Integer(-1)], new OnnxAttribute("axis", 1));
            last = graph.Node("Unsqueeze", "/lm_head/prune/Unsqueeze", [last, graph.Integers(1)]);
        }
        Multiply("/lm_head/MatMul", last, output, "logits");

        graph.Input("input_ids", OnnxType.Int64, "batch_size", "sequence_length");
        graph.Input("attention_mask", OnnxType.Int64, "batch_size", "total_sequence_length");
        graph.Output("logits", OnnxType.Float, "batch_size", LastPositionOnly ? 1 : "sequence_length", vocabulary);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            foreach (var part in (ReadOnlySpan<string>)["key", "value"])
            {
                graph.Input($"past_key_values.{layer}.{part}", OnnxType.Float, "batch_size", shape.KvHeads, "past_sequence_length", weights.Heads.Size);
                graph.Output($"present.{layer}.{part}", OnnxType.Float, "batch_size", shape.KvHeads, "total_sequence_length", weights.Heads.Size);
            }
        }
    }

    // A tied table is the output projection's own numbers: the same bytes of the data file under a second name and shape.
    private string Embed(StoredMatrix output)
    {
        const string Node = ModelPrefix + "/embed_tokens";
        var quantizable = weights.Embedding.Columns % BlockQuantizer.BlockLength == 0;
        var isShared = ReferenceEquals(weights.Embedding, weights.Output) && (quantizable || output.Kind == StoredKind.Float);
        var table = isShared ? output
            : store.Matrix("model.embed_tokens", weights.Embedding, quantizable ? plan.Choose(weights.Embedding) : StoredKind.Float);
        if (table.Kind == StoredKind.Float) return graph.Node("Gather", Node + "/Gather", [table.Name, "input_ids"]);

        var flat = store.Flatten(table, "model.embed_tokens.weight");
        return graph.MicrosoftNode("GatherBlockQuantized", Node + "/GatherBlockQuantized", [flat, "input_ids", table.Scales!],
            new OnnxAttribute("bits", table.Kind.Bits()), new OnnxAttribute("block_size", BlockQuantizer.BlockLength),
            new OnnxAttribute("gather_axis", 0), new OnnxAttribute("quantize_axis", 1));
    }

    private void Layer(int index, MaskInputs mask, RopeTables rope, string positions)
    {
        var (node, tensor, layer) = ($"/model/layers.{index}", $"model.layers.{index}", weights.Layers[index]);
        var input = Norm(node + "/input_layernorm", tensor + ".input_layernorm.weight", layer.AttentionNorm);
        var attention = Attention(index, layer, input, mask, rope, positions);
        _sublayer = Project(node + "/attn/o_proj", tensor + ".attn.o_proj", attention, layer.AttentionOutput);

        input = Norm(node + "/post_attention_layernorm", tensor + ".post_attention_layernorm.weight", layer.FeedForwardNorm);
        var gate = Project(node + "/mlp/gate_proj", tensor + ".mlp.gate_proj", input, layer.Gate);
        var up = Project(node + "/mlp/up_proj", tensor + ".mlp.up_proj", input, layer.Up);
        var sigmoid = graph.Node("Sigmoid", node + "/mlp/act_fn/Sigmoid", [gate]);
        var silu = graph.Node("Mul", node + "/mlp/act_fn/Mul", [gate, sigmoid]);
        var product = graph.Node("Mul", node + "/mlp/Mul", [silu, up]);
        _sublayer = Project(node + "/mlp/down_proj", tensor + ".mlp.down_proj", product, layer.Down);
    }

    // Adds what the last sublayer made to the residual stream and normalises the sum; the first norm of all has nothing to add yet.
    private string Norm(string node, string tensor, float[] weight)
    {
        var epsilon = new OnnxAttribute("epsilon", shape.Epsilon);
        var initializer = store.Floats(tensor, weight, weight.Length);
        var output = node + "/output_0";
        if (_sublayer.Length == 0)
        {
            return graph.Node("SimplifiedLayerNormalization", node + "/LayerNorm", [_residual, initializer], [output], "",
                new OnnxAttribute("axis", -1), epsilon, new OnnxAttribute("stash_type", 1));
        }
        var sum = node + "/output_3";
        graph.Node("SkipSimplifiedLayerNormalization", node + "/SkipLayerNorm", [_residual, _sublayer, initializer],
            [output, "", "", sum], OnnxGraph.Microsoft, epsilon);
        _residual = sum;
        return output;
    }

    private string Project(string node, string tensor, string input, Linear linear)
    {
        var product = Multiply(node + "/MatMul", input, store.Matrix(tensor + ".MatMul", linear.Weight, plan.Choose(linear.Weight)));
        if (linear.Bias is null) return product;
        return graph.Node("Add", node + "/Add", [product, store.Floats(tensor + ".Add.bias", linear.Bias, linear.Bias.Length)]);
    }

    private string Multiply(string node, string input, StoredMatrix matrix, string? output = null)
    {
        output ??= node + "/output_0";
        if (matrix.Kind == StoredKind.Float)
        {
            // Weights stay [out, in] as every source has them; a tied table then serves both ends.
            return graph.Node("FusedMatMul", node, [input, matrix.Name], [output], OnnxGraph.Microsoft, new OnnxAttribute("transB", 1));
        }
        return graph.Node("MatMulNBits", $"{node}_Q{matrix.Kind.Bits()}", [input, matrix.Name, matrix.Scales!], [output], OnnxGraph.Microsoft,
            new OnnxAttribute("K", matrix.Columns), new OnnxAttribute("N", matrix.Rows), new OnnxAttribute("bits", matrix.Kind.Bits()),
            new OnnxAttribute("block_size", BlockQuantizer.BlockLength), new OnnxAttribute("accuracy_level", 4));
    }
}
