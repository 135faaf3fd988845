using Models.Onnx.Kernels;

namespace Models.Onnx.Rewriting;

/// <summary>MatMulNBits nodes that our kernels can run become <see cref="MatMulOperator"/> nodes.</summary>
internal static class Int4Products
{
    public static void Apply(RewriteGraph graph, int threads)
    {
        foreach (var node in graph.Nodes)
        {
            if (!IsOurs(node)) continue;
            string[] inputs = [node.Inputs[0], node.Inputs[1], ScalesOf(graph, node)];
            if (node.Input(5).Length > 0) inputs = [.. inputs, node.Inputs[5]];
            graph.Import(CustomOperators.Domain);
            graph.Replace([node], new GraphNode(
                MatMulOperator.OpType, CustomOperators.Domain, node.Name, inputs, node.Outputs, new OnnxAttribute(CustomOperators.Threads, threads)));
        }
    }

    /// <summary>The scales of a MatMulNBits. Those stored as float16 go through a Cast for standard runtimes; our kernels read them as they are.</summary>
    public static string ScalesOf(RewriteGraph graph, GraphNode node) =>
        graph.Producer(node.Inputs[2]) is { OpType: "Cast", Inputs.Count: 1 } cast ? cast.Inputs[0] : node.Inputs[2];

    /// <summary>Whether it is a MatMulNBits that our kernels can run.</summary>
    public static bool IsOurs(GraphNode node) =>
        node is { OpType: "MatMulNBits", Domain: "com.microsoft", Inputs.Count: >= 3, Outputs.Count: 1 }
        && node.Integer("bits") == 4 && node.Integer("block_size") == Int4Matrix.BlockSize && node.Integer("K") % Int4Matrix.BlockSize == 0
        // Level 4 allows activations in int8, which is what our kernels do.
        && node.Integer("accuracy_level") == 4
        // Zero points and group indices are not ours.
        && node.Input(3).Length == 0 && node.Input(4).Length == 0;
}
