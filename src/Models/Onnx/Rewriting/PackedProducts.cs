using Models.Onnx.Kernels;

namespace Models.Onnx.Rewriting;

/// <summary>
/// MatMulNBits nodes whose weights can be packed become <see cref="PackedProductOperator"/> nodes, and these then take in what stands
/// around them: a bias behind, SiLU gating of two products of the same input, and the sum and norm before.
/// </summary>
internal static class PackedProducts
{
    public static void Apply(RewriteGraph graph, PackedWeights packed, int threads)
    {
        foreach (var node in graph.Nodes) Pack(graph, packed, threads, node);
        foreach (var node in graph.Nodes) TakeBias(graph, node);
        foreach (var node in graph.Nodes) TakeGate(graph, node);
        foreach (var node in graph.Nodes) TakeNorm(graph, node);
    }

    private static void Pack(RewriteGraph graph, PackedWeights packed, int threads, GraphNode node)
    {
        if (!Int4Products.IsOurs(node) || node.Input(5).Length > 0) return;
        if (graph.InitializerOf(node.Inputs[1]) is not { } weights || graph.InitializerOf(Int4Products.ScalesOf(graph, node)) is not { } scales) return;
        // Only what lies beside the model, and lies there whole.
        if (weights.File is not { Length: > 0 } file || scales.File != file || Path.GetFileName(file) != file || scales.Type != OnnxElementType.Float16) return;
        long rows = node.Integer("N") ?? 0, columns = node.Integer("K") ?? 0, blocks = columns / Int4Matrix.BlockSize;
        if (rows is < 1 or > int.MaxValue / 2 || blocks is < 1 or > int.MaxValue / Int4Matrix.BlockSize) return;
        if (weights.Length != rows * blocks * Int4Matrix.BlockBytes || scales.Length != rows * blocks * 2) return;

        var cast = graph.Producer(node.Inputs[2]);
        var matrix = packed.Add(file, weights.Offset, scales.Offset, (int)rows, (int)blocks);
        graph.Import(CustomOperators.Domain);
        graph.Replace([node], new GraphNode(
            PackedProductOperator.OpType, CustomOperators.Domain, node.Name, [node.Inputs[0]], node.Outputs,
            new OnnxAttribute(PackedProductOperator.Weights, matrix.Address), new OnnxAttribute(PackedProductOperator.Gate, 0),
            new OnnxAttribute(PackedProductOperator.Rows, rows), new OnnxAttribute(PackedProductOperator.Columns, columns),
            new OnnxAttribute(PackedProductOperator.Epsilon, 0f), new OnnxAttribute(CustomOperators.Threads, threads)));
        if (cast is not null && graph.Consumers(node.Inputs[2]) == 0) graph.Remove(cast);
    }

    private static void TakeBias(RewriteGraph graph, GraphNode add)
    {
        if (!add.Is("Add") || add.Inputs.Count != 2) return;
        if (OnlyUse(graph, add.Inputs[0]) is not { Inputs.Count: 1 } product) return;
        if (!IsVector(graph, add.Inputs[1], product.Integer(PackedProductOperator.Rows))) return;
        graph.Replace([product, add], new GraphNode(
            product.OpType, product.Domain, product.Name, [product.Inputs[0], add.Inputs[1]], add.Outputs, product.Attributes));
    }

    // Mul(Mul(gate, Sigmoid(gate)), up).
    private static void TakeGate(RewriteGraph graph, GraphNode mul)
    {
        if (!mul.Is("Mul") || mul.Inputs.Count != 2 || OnlyUse(graph, mul.Inputs[1]) is not { Inputs.Count: 1 } up) return;
        if (graph.Producer(mul.Inputs[0]) is not { OpType: "Mul", Domain: "", Inputs.Count: 2 } silu || graph.Consumers(silu.Outputs[0]) != 1) return;
        if (graph.Producer(silu.Inputs[1]) is not { OpType: "Sigmoid", Domain: "" } sigmoid || graph.Consumers(sigmoid.Outputs[0]) != 1) return;
        if (silu.Inputs[0] != sigmoid.Inputs[0] || graph.Consumers(silu.Inputs[0]) != 2) return;
        if (graph.Producer(silu.Inputs[0]) is not { Inputs.Count: 1 } gate || !IsProduct(gate) || gate.Inputs[0] != up.Inputs[0]) return;
        if (gate.Integer(PackedProductOperator.Rows) != up.Integer(PackedProductOperator.Rows)) return;
        var both = up.WithAttribute(new OnnxAttribute(PackedProductOperator.Gate, gate.Integer(PackedProductOperator.Weights) ?? 0));
        graph.Replace([gate, sigmoid, silu, up, mul], new GraphNode(both.OpType, both.Domain, both.Name, both.Inputs, mul.Outputs, both.Attributes));
    }

    private static void TakeNorm(RewriteGraph graph, GraphNode product)
    {
        if (!IsProduct(product) || product.Inputs.Count > 2) return;
        if (graph.Producer(product.Inputs[0]) is not { OpType: "SkipSimplifiedLayerNormalization", Domain: "com.microsoft", Inputs.Count: 3 } norm) return;
        if (graph.Consumers(norm.Outputs[0]) != 1 || norm.Float("epsilon") is not { } epsilon) return;
        // Mean and inverse deviation are not made, and the sum is.
        if (norm.Outputs is not [_, "", "", { Length: > 0 } sum]) return;
        if (!IsVector(graph, norm.Inputs[2], product.Integer(PackedProductOperator.Columns))) return;
        var normed = product.WithAttribute(new OnnxAttribute(PackedProductOperator.Epsilon, epsilon));
        graph.Replace([norm, product], new GraphNode(
            normed.OpType, normed.Domain, normed.Name, [norm.Inputs[0], product.Input(1), norm.Inputs[1], norm.Inputs[2]],
            [product.Outputs[0], sum], normed.Attributes));
    }

    private static bool IsVector(RewriteGraph graph, string name, long? length) =>
        graph.InitializerOf(name) is { Type: OnnxElementType.Float32, Shape: [var stored] } && stored == length;

    private static GraphNode? OnlyUse(RewriteGraph graph, string value) =>
        graph.Producer(value) is { } node && IsProduct(node) && graph.Consumers(value) == 1 ? node : null;

    private static bool IsProduct(GraphNode node) => node.Is(PackedProductOperator.OpType, CustomOperators.Domain);
}
