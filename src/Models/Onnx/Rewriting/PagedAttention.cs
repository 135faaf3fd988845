using Models.Onnx.Attention;
using Models.Onnx.Kernels;

namespace Models.Onnx.Rewriting;

/// <summary>
/// Turns a decoder for one padded batch with its keys and values as inputs and outputs (ONNX Runtime GenAI's layout) into one for the rows
/// of any sequences, whose keys and values are ours: GroupQueryAttention becomes <see cref="AttentionOperator"/>, and logits are made of
/// the rows asked for.
/// </summary>
internal static class PagedAttention
{
    /// <summary>Input: the address of the step's <see cref="AttentionBatch"/>, int64 [1].</summary>
    public const string BatchInput = "appliance.batch";

    /// <summary>Input: the rows whose logits are wanted, int64 [logits].</summary>
    public const string RowsInput = "appliance.rows";

    /// <summary>Input, where rotation depends on it (LongRoPE): the longest context, int64 [].</summary>
    public const string ContextInput = "appliance.context";

    private const string Microsoft = "com.microsoft";

    // Added by DecoderGraph: what tells how far a sequence may grow, and what picks the table by it.
    private const string Capacity = "/model/rope_positions/Capacity", Total = "/model/rope_positions/Total", First = "/model/rope_positions/First";

    /// <summary>Changes the graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="ids">Its input of token ids.</param>
    /// <param name="logits">Its output of logits.</param>
    /// <param name="kept">Further inputs that may stay, where they are still used.</param>
    /// <exception cref="OnnxRuntimeException">Its attention is of a kind that is not supported; the message names it.</exception>
    public static void Apply(RewriteGraph graph, string ids, string logits, params ReadOnlySpan<string> kept)
    {
        graph.Import(CustomOperators.Domain);
        var layer = 0;
        foreach (var node in graph.Nodes)
            if (node.Is("GroupQueryAttention", Microsoft)) ReplaceAttention(graph, node, layer++);
        if (layer == 0) throw new OnnxRuntimeException("The model's graph has no GroupQueryAttention; export it with ONNX Runtime GenAI's model builder.");
        SelectRows(graph, logits);

        graph.Outputs.RemoveAll(output => output.Name != logits);
        graph.Outputs[0] = new GraphValue(logits, (int)OnnxElementType.Float32, "batch", "logits", "vocabulary");
        RemoveUnused(graph);
        graph.Inputs.RemoveAll(input => input.Name != ids && graph.Consumers(input.Name) == 0);
        foreach (var input in graph.Inputs)
        {
            if (input.Name != ids && !kept.Contains(input.Name))
                throw new OnnxRuntimeException($"The model's graph needs the input {input.Name}, which only another engine can give it.");
        }
        graph.Inputs.Add(new GraphValue(BatchInput, (int)OnnxElementType.Int64, 1));
        graph.Inputs.Add(new GraphValue(RowsInput, (int)OnnxElementType.Int64, "logits"));
        if (graph.Consumers(ContextInput) > 0) graph.Inputs.Add(new GraphValue(ContextInput, (int)OnnxElementType.Int64));
    }

    private static void ReplaceAttention(RewriteGraph graph, GraphNode node, int layer)
    {
        Refuse(node, node.Float("softcap") is not (null or 0), "softcap");
        Refuse(node, node.Integer("smooth_softmax") > 0, "smooth_softmax");
        Refuse(node, (node.Text("k_quant_type") ?? "NONE") != "NONE", "k_quant_type");
        Refuse(node, node.Input(10).Length > 0, "an attention bias");
        Refuse(node, node.Input(11).Length > 0, "attention sinks");
        Refuse(node, node.Outputs.Count > 3 && node.Outputs[3].Length > 0, "an output of scores");
        var heads = node.Integer("num_heads") ?? 0;
        var rotates = node.Integer("do_rotary") == 1;
        var window = node.Integer("local_window_size") ?? -1;
        List<string> inputs = [node.Input(0), node.Input(1), node.Input(2), BatchInput, rotates ? node.Input(7) : "", rotates ? node.Input(8) : ""];
        if (rotates && Shift(graph, node.Input(9)) is { } shift) inputs.Add(shift);
        graph.Replace([node], new GraphNode(
            AttentionOperator.OpType, CustomOperators.Domain, node.Name, inputs, [node.Outputs[0]],
            new OnnxAttribute(AttentionOperator.Layer, layer),
            new OnnxAttribute(AttentionOperator.Heads, heads),
            new OnnxAttribute(AttentionOperator.KvHeads, node.Integer("kv_num_heads") ?? heads),
            // 0 stands for 1 / √(head size), which the operator knows.
            new OnnxAttribute(AttentionOperator.Scale, node.Float("scale") ?? 0f),
            new OnnxAttribute(AttentionOperator.Window, Math.Max(0, window)),
            new OnnxAttribute(AttentionOperator.Interleaved, node.Integer("rotary_interleaved") ?? 0)));
    }

    // Positions need no input: the operator knows where each row stands. Only what DecoderGraph adds to them for LongRoPE counts.
    private static string? Shift(RewriteGraph graph, string positions)
    {
        if (positions.Length == 0 || graph.Inputs.Exists(input => input.Name == positions)) return null;
        if (graph.Producer(positions) is not { } add || graph.Producer(add.Input(0)) is not { Name: First } first)
            throw new OnnxRuntimeException("The model's graph works out positions in a way that only another engine can follow.");
        foreach (var node in graph.Nodes)
        {
            if (node.Name is not (Capacity or Total)) continue;
            graph.Replace([node], new GraphNode("Identity", "", node.Name, [ContextInput], node.Outputs));
        }
        return first.Inputs[1];
    }

    // The rows whose logits are wanted go through the last product, and no others.
    private static void SelectRows(RewriteGraph graph, string logits)
    {
        var last = graph.Producer(logits) ?? throw new OnnxRuntimeException($"The model's graph makes no {logits}.");
        GraphNode Select(string from, string to) =>
            new("Gather", "", "/appliance/rows", [from, RowsInput], [to], new OnnxAttribute("axis", 1));

        if (last.OpType is not ("MatMul" or "MatMulNBits" or "FusedMatMul"))
        {
            var all = logits + "/all";
            graph.Replace([last], new GraphNode(last.OpType, last.Domain, last.Name, last.Inputs, [.. last.Outputs.Select(name => name == logits ? all : name)], last.Attributes));
            graph.Add(Select(all, logits));
            return;
        }
        // Exported for the last position only: that choice is ours now.
        if (graph.Producer(last.Inputs[0]) is { OpType: "Unsqueeze" } unsqueeze && graph.Producer(unsqueeze.Inputs[0]) is { OpType: "Gather" } gather
            && gather.Integer("axis") == 1 && graph.Consumers(unsqueeze.Outputs[0]) == 1 && graph.Consumers(gather.Outputs[0]) == 1)
        {
            graph.Replace([gather, unsqueeze], Select(gather.Inputs[0], unsqueeze.Outputs[0]));
            return;
        }
        var rows = last.Inputs[0] + "/rows";
        graph.Replace([last], Select(last.Inputs[0], rows));
        graph.Add(last.WithInputs([rows, .. last.Inputs.Skip(1)]));
    }

    private static void RemoveUnused(RewriteGraph graph)
    {
        // From the end: what a removed node alone used is then unused in turn.
        foreach (var node in graph.Nodes.Reverse())
            if (node.Outputs.All(output => output.Length == 0 || graph.Consumers(output) == 0)) graph.Remove(node);
    }

    private static void Refuse(GraphNode node, bool has, string feature)
    {
        if (has) throw new OnnxRuntimeException($"The model's attention ({node.Name}) has {feature}, which this engine does not support.");
    }
}
