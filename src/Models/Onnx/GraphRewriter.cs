using Models.Onnx.Kernels;

namespace Models.Onnx;

/// <summary>
/// Changes a graph on its way from the file to ONNX Runtime: MatMulNBits nodes that our kernels can run become
/// <see cref="MatMulOperator"/> nodes. The file stays a standard one. Reads and writes protobuf (onnx.proto) without a model of it: what
/// is not changed is copied as it is.
/// </summary>
internal static class GraphRewriter
{
    // onnx.proto: ModelProto.graph = 7, .opset_import = 8; GraphProto.node = 1; NodeProto.input = 1, .output = 2, .name = 3, .op_type = 4,
    // .attribute = 5, .domain = 7; AttributeProto.name = 1, .i = 3; OperatorSetIdProto.domain = 1, .version = 2.
    private const int ModelGraph = 7, ModelOpset = 8, GraphNode = 1;
    private const int NodeInput = 1, NodeOutput = 2, NodeName = 3, NodeOpType = 4, NodeAttribute = 5, NodeDomain = 7;

    /// <summary>The changed graph, or null where there is nothing to change.</summary>
    /// <exception cref="OnnxRuntimeException">The bytes are not a model.</exception>
    public static byte[]? UseOurKernels(ReadOnlySpan<byte> model)
    {
        try
        {
            var changed = 0;
            var output = new ProtobufWriter();
            var reader = new ProtobufReader(model);
            while (reader.Read())
            {
                if (reader.Field == ModelGraph) output.Message(ModelGraph, Graph(reader.Bytes, ref changed));
                else output.Raw(reader.Raw);
            }
            if (changed == 0) return null;
            output.Message(ModelOpset, new ProtobufWriter().String(1, MatMulOperator.Domain).Integer(2, 1));
            return output.Written.ToArray();
        }
        catch (FormatException e)
        {
            throw new OnnxRuntimeException($"The model's graph file is damaged: {e.Message}. Run `appliance models verify`.", e);
        }
    }

    private static ProtobufWriter Graph(ReadOnlySpan<byte> graph, ref int changed)
    {
        // Scales stored as float16 go through a Cast for standard runtimes; our kernels read them as they are.
        var casts = new Dictionary<string, string>();
        var reader = new ProtobufReader(graph);
        while (reader.Read())
        {
            if (reader.Field != GraphNode) continue;
            var node = new Node(reader.Bytes);
            if (node is { OpType: "Cast", Inputs.Count: 1, Outputs.Count: 1 }) casts[node.Outputs[0]] = node.Inputs[0];
        }
        var output = new ProtobufWriter();
        reader = new ProtobufReader(graph);
        while (reader.Read())
        {
            if (reader.Field == GraphNode && TryRewrite(new Node(reader.Bytes), casts) is { } node)
            {
                output.Message(GraphNode, node);
                changed++;
            }
            else
            {
                output.Raw(reader.Raw);
            }
        }
        return output;
    }

    private static ProtobufWriter? TryRewrite(Node node, Dictionary<string, string> casts)
    {
        if (node is not { OpType: "MatMulNBits", Domain: "com.microsoft", Inputs.Count: >= 3, Outputs.Count: 1 }) return null;
        if (node.Attribute("bits") != 4 || node.Attribute("block_size") != Int4Matrix.BlockSize || node.Attribute("K") % Int4Matrix.BlockSize != 0) return null;
        // Level 4 allows activations in int8, which is what our kernels do.
        if (node.Attribute("accuracy_level") != 4) return null;
        // Zero points and group indices are not ours.
        if (node.Inputs.Skip(3).Take(2).Any(name => name.Length > 0)) return null;
        var output = new ProtobufWriter()
            .String(NodeInput, node.Inputs[0]).String(NodeInput, node.Inputs[1]).String(NodeInput, casts.GetValueOrDefault(node.Inputs[2], node.Inputs[2]));
        if (node.Inputs.Count > 5) output.String(NodeInput, node.Inputs[5]);
        return output.String(NodeOutput, node.Outputs[0]).String(NodeName, node.Name)
            .String(NodeOpType, MatMulOperator.Name).String(NodeDomain, MatMulOperator.Domain);
    }

    /// <summary>What is needed of a NodeProto.</summary>
    private sealed class Node
    {
        private readonly Dictionary<string, long> _attributes = [];

        public Node(ReadOnlySpan<byte> bytes)
        {
            var reader = new ProtobufReader(bytes);
            while (reader.Read())
            {
                switch (reader.Field)
                {
                    case NodeInput: Inputs.Add(reader.Text); break;
                    case NodeOutput: Outputs.Add(reader.Text); break;
                    case NodeName: Name = reader.Text; break;
                    case NodeOpType: OpType = reader.Text; break;
                    case NodeDomain: Domain = reader.Text; break;
                    case NodeAttribute: AddAttribute(reader.Bytes); break;
                }
            }
        }

        public List<string> Inputs { get; } = [];

        public List<string> Outputs { get; } = [];

        public string Name { get; } = "";

        public string OpType { get; } = "";

        public string Domain { get; } = "";

        public long Attribute(string name) => _attributes.GetValueOrDefault(name);

        private void AddAttribute(ReadOnlySpan<byte> bytes)
        {
            var name = "";
            long value = 0;
            var reader = new ProtobufReader(bytes);
            while (reader.Read())
            {
                if (reader.Field == 1) name = reader.Text;
                if (reader.Field == 3) value = reader.Integer;
            }
            _attributes[name] = value;
        }
    }
}
