using Models.Import.Onnx;
using Models.Onnx.Rewriting;

namespace Models.Import.Decoder;

/// <summary>What GroupQueryAttention wants to know, worked out from attention_mask [batch, total].</summary>
internal sealed class MaskInputs
{
    private const string Node = "/model/attn_mask_reformat/attn_mask_subgraph";

    /// <summary>Adds the operators to the graph.</summary>
    public MaskInputs(OnnxGraph graph)
    {
        Lengths = graph.Node("ReduceSum", Node + "/ReduceSum", ["attention_mask", graph.Integers(1)], new OnnxAttribute("keepdims", 0));
        var last = graph.Node("Sub", Node + "/Sub", [Lengths, graph.Integers(1)]);
        LastPositions = graph.Node("Cast", Node + "/Sub/Cast", [last], new OnnxAttribute("to", (long)OnnxType.Int32));
        var shape = graph.Node("Shape", Node + "/Shape", ["attention_mask"]);
        var total = graph.Node("Gather", Node + "/Gather", [shape, graph.Integer(1)], new OnnxAttribute("axis", 0));
        TotalLength = graph.Node("Cast", Node + "/Gather/Cast", [total], new OnnxAttribute("to", (long)OnnxType.Int32));
    }

    /// <summary>Tokens of each row, past ones included, int64 [batch].</summary>
    public string Lengths { get; }

    /// <summary>One less, int32 [batch] (seqlens_k).</summary>
    public string LastPositions { get; }

    /// <summary>Length of the longest row, int32 scalar (total_sequence_length).</summary>
    public string TotalLength { get; }
}
