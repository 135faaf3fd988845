using Models.Import.Onnx;
using Models.Import.Weights;
using Models.Onnx.Rewriting;

namespace Models.Import.Decoder;

internal sealed partial class DecoderGraph
{
    private string Attention(int index, LayerWeights layer, string input, MaskInputs mask, RopeTables rope, string positions)
    {
        var node = $"/model/layers.{index}/attn";
        var (query, key, value) = QueryKeyValue(node, $"model.layers.{index}.attn", layer, input);
        string[] inputs =
        [
            query, key, value, $"past_key_values.{index}.key", $"past_key_values.{index}.value",
            mask.LastPositions, mask.TotalLength, rope.Cos, rope.Sin,
        ];
        if (positions.Length > 0) inputs = [.. inputs, positions];
        return graph.Node("GroupQueryAttention", node + "/GroupQueryAttention", inputs,
            [node + "/GroupQueryAttention/output_0", $"present.{index}.key", $"present.{index}.value"], OnnxGraph.Microsoft,
            new OnnxAttribute("num_heads", shape.Heads), new OnnxAttribute("kv_num_heads", shape.KvHeads),
            // The model's own head size, not the padded one: zeros add nothing to the dot products.
            new OnnxAttribute("scale", 1 / MathF.Sqrt(shape.HeadSize)), new OnnxAttribute("softcap", 0f),
            new OnnxAttribute("local_window_size", shape.SlidingWindow < shape.ContextLength ? shape.SlidingWindow.Value : -1),
            new OnnxAttribute("do_rotary", 1), new OnnxAttribute("rotary_interleaved", 0));
    }

    // One packed projection where all three are stored alike and nothing stands between it and the attention; else three.
    private (string Query, string Key, string Value) QueryKeyValue(string node, string tensor, LayerWeights layer, string input)
    {
        var (query, key, value) = (layer.Query, layer.Key, layer.Value);
        var kind = plan.Choose(query.Weight);
        if (layer.QueryNorm is null && plan.Choose(key.Weight) == kind && plan.Choose(value.Weight) == kind)
        {
            var packed = new Linear(
                WeightMatrix.Concatenate(query.Weight, key.Weight, value.Weight),
                query.Bias is null && key.Bias is null && value.Bias is null ? null : [.. BiasOf(query), .. BiasOf(key), .. BiasOf(value)]);
            return (Project(node + "/qkv_proj", tensor + ".qkv_proj", input, packed), "", "");
        }
        return (HeadNorm(node + "/q_norm", tensor + ".q_norm.layernorm.weight", Project(node + "/q_proj", tensor + ".q_proj", input, query), layer.QueryNorm, shape.Heads),
            HeadNorm(node + "/k_norm", tensor + ".k_norm.layernorm.weight", Project(node + "/k_proj", tensor + ".k_proj", input, key), layer.KeyNorm, shape.KvHeads),
            Project(node + "/v_proj", tensor + ".v_proj", input, value));
    }

    private static float[] BiasOf(Linear linear) => linear.Bias ?? new float[linear.Weight.Rows];

    // RMSNorm over each head by itself: [batch, sequence, heads × size] is folded to [.., size] and back.
    private string HeadNorm(string node, string tensor, string input, float[]? weight, int heads)
    {
        if (weight is null) return input;
        var size = weights.Heads.Size;
        var folded = graph.Node("Reshape", node + "/Reshape_1", [input, graph.Integers(0, -1, size)]);
        var normal = graph.Node("SimplifiedLayerNormalization", node + "/SimplifiedLayerNormalization",
            [folded, store.Floats(tensor, weight, size)],
            new OnnxAttribute("axis", -1), new OnnxAttribute("epsilon", shape.Epsilon), new OnnxAttribute("stash_type", 1));
        return graph.Node("Reshape", node + "/Reshape_2", [normal, graph.Integers(0, -1, heads * size)]);
    }

    // LongRoPE: past the original context, angles come from the second half of the tables. What counts is how long the KV cache may
    // grow, as in llama.cpp, not how long it is by now: keys already stored cannot be turned again. GroupQueryAttention would work
    // out the positions before that shift by itself: those of the last tokens of each row.
    private string LongRopePositions(MaskInputs mask, int longStart)
    {
        const string Node = ModelPrefix + "/rope_positions";
        var cache = graph.Node("Shape", Node + "/Cache", ["past_key_values.0.key"]);
        var capacity = graph.Node("Gather", Node + "/Capacity", [cache, graph.Integer(2)], new OnnxAttribute("axis", 0));
        var total = graph.Node("Cast", Node + "/Total", [mask.TotalLength], new OnnxAttribute("to", (long)OnnxType.Int64));
        var isLong = graph.Node("Greater", Node + "/IsLong", [graph.Node("Max", Node + "/Longest", [capacity, total]), graph.Integer(longStart)]);
        var shift = graph.Node("Where", Node + "/Shift", [isLong, graph.Integer(longStart), graph.Integer(0)]);

        var ids = graph.Node("Shape", Node + "/Ids", ["input_ids"]);
        var sequence = graph.Node("Gather", Node + "/Sequence", [ids, graph.Integer(1)], new OnnxAttribute("axis", 0));
        var length = graph.Node("Unsqueeze", Node + "/Length", [mask.Lengths, graph.Integers(1)]);
        var start = graph.Node("Max", Node + "/Start", [graph.Node("Sub", Node + "/Past", [length, sequence]), graph.Integer(0)]);
        var steps = graph.Node("Range", Node + "/Steps", [graph.Integer(0), sequence, graph.Integer(1)]);
        return graph.Node("Add", Node + "/Positions", [graph.Node("Add", Node + "/First", [start, shift]), steps]);
    }
}
