using System.Buffers;
using System.Text;
using Models.Onnx.Kernels;

namespace Models.Onnx;

/// <summary>
/// Changes a graph on its way from the file to ONNX Runtime: MatMulNBits nodes that our kernels can run become
/// <see cref="MatMulOperator"/> nodes. The file stays a standard one. Reads and writes protobuf (onnx.proto) without a model of it: what
/// is not changed is copied as it is.
/// </summary>
internal static class GraphRewriter
{
    // onnx.proto: ModelProto.graph = 7, .opset_import = 8; GraphProto.node = 1; NodeProto.input = 1, .op_type = 4, .attribute = 5, .domain = 7.
    private const int ModelGraph = 7, ModelOpset = 8, GraphNode = 1, NodeInput = 1, NodeOutput = 2, NodeName = 3, NodeOpType = 4, NodeAttribute = 5, NodeDomain = 7;

    /// <summary>The changed graph, or null where there is nothing to change.</summary>
    public static byte[]? UseOurKernels(ReadOnlySpan<byte> model)
    {
        var changed = 0;
        var output = new ProtoWriter();
        foreach (var field in new ProtoReader(model))
        {
            if (field.Number == ModelGraph) output.Bytes(ModelGraph, Graph(field.Bytes, ref changed));
            else output.Raw(field.Raw);
        }
        if (changed == 0) return null;
        var opset = new ProtoWriter();
        opset.Text(1, MatMulOperator.Domain);
        opset.Number(2, 1);
        output.Bytes(ModelOpset, opset.Written);
        return output.Written.ToArray();
    }

    private static ReadOnlySpan<byte> Graph(ReadOnlySpan<byte> graph, ref int changed)
    {
        // Scales stored as float16 go through a Cast for standard runtimes; our kernels read them as they are.
        var casts = new Dictionary<string, string>();
        foreach (var field in new ProtoReader(graph))
        {
            if (field.Number != GraphNode) continue;
            var node = new Node(field.Bytes);
            if (node is { OpType: "Cast", Inputs.Count: 1, Outputs.Count: 1 }) casts[node.Outputs[0]] = node.Inputs[0];
        }
        var output = new ProtoWriter();
        foreach (var field in new ProtoReader(graph))
        {
            if (field.Number == GraphNode && TryRewrite(new Node(field.Bytes), casts) is { } node)
            {
                output.Bytes(GraphNode, node);
                changed++;
            }
            else
            {
                output.Raw(field.Raw);
            }
        }
        return output.Written;
    }

    private static byte[]? TryRewrite(Node node, Dictionary<string, string> casts)
    {
        if (node is not { OpType: "MatMulNBits", Domain: "com.microsoft", Inputs.Count: >= 3, Outputs.Count: 1 }) return null;
        if (node.Attribute("bits") != 4 || node.Attribute("block_size") != Int4Matrix.BlockSize || node.Attribute("K") % Int4Matrix.BlockSize != 0) return null;
        // Zero points and group indices are not ours.
        if (node.Inputs.Count > 3 && node.Inputs.Skip(3).Take(2).Any(name => name.Length > 0)) return null;
        var output = new ProtoWriter();
        output.Text(NodeInput, node.Inputs[0]);
        output.Text(NodeInput, node.Inputs[1]);
        output.Text(NodeInput, casts.GetValueOrDefault(node.Inputs[2], node.Inputs[2]));
        if (node.Inputs.Count > 5) output.Text(NodeInput, node.Inputs[5]);
        output.Text(NodeOutput, node.Outputs[0]);
        output.Text(NodeName, node.Name);
        output.Text(NodeOpType, MatMulOperator.Name);
        output.Text(NodeDomain, MatMulOperator.Domain);
        return output.Written.ToArray();
    }

    /// <summary>What is needed of a NodeProto.</summary>
    private sealed class Node
    {
        private readonly Dictionary<string, long> _attributes = [];

        public Node(ReadOnlySpan<byte> bytes)
        {
            foreach (var field in new ProtoReader(bytes))
            {
                switch (field.Number)
                {
                    case NodeInput: Inputs.Add(Encoding.UTF8.GetString(field.Bytes)); break;
                    case NodeOutput: Outputs.Add(Encoding.UTF8.GetString(field.Bytes)); break;
                    case NodeName: Name = Encoding.UTF8.GetString(field.Bytes); break;
                    case NodeOpType: OpType = Encoding.UTF8.GetString(field.Bytes); break;
                    case NodeDomain: Domain = Encoding.UTF8.GetString(field.Bytes); break;
                    case NodeAttribute: AddAttribute(field.Bytes); break;
                }
            }
        }

        public List<string> Inputs { get; } = [];

        public List<string> Outputs { get; } = [];

        public string Name { get; } = "";

        public string OpType { get; } = "";

        public string Domain { get; } = "";

        public long Attribute(string name) => _attributes.GetValueOrDefault(name);

        // AttributeProto.name = 1, .i = 3.
        private void AddAttribute(ReadOnlySpan<byte> bytes)
        {
            var name = "";
            long value = 0;
            foreach (var field in new ProtoReader(bytes))
            {
                if (field.Number == 1) name = Encoding.UTF8.GetString(field.Bytes);
                if (field.Number == 3) value = (long)field.Varint;
            }
            _attributes[name] = value;
        }
    }

    /// <summary>One field of a protobuf message: its number, and its value by wire type.</summary>
    private readonly ref struct ProtoField(int number, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> bytes, ulong varint)
    {
        public int Number { get; } = number;

        /// <summary>Tag and value as they stand in the message.</summary>
        public ReadOnlySpan<byte> Raw { get; } = raw;

        public ReadOnlySpan<byte> Bytes { get; } = bytes;

        public ulong Varint { get; } = varint;
    }

    /// <summary>Walks over the fields of a message.</summary>
    private ref struct ProtoReader(ReadOnlySpan<byte> message)
    {
        private readonly ReadOnlySpan<byte> _message = message;
        private int _at;
        private ProtoField _current;

        public readonly ProtoField Current => _current;

        public readonly ProtoReader GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_at >= _message.Length) return false;
            var start = _at;
            var tag = Varint();
            ReadOnlySpan<byte> bytes = default;
            ulong number = 0;
            switch (tag & 7)
            {
                case 0: number = Varint(); break;
                case 1: Take(8); break;
                case 2: bytes = Take(Varint()); break;
                case 5: Take(4); break;
                default: throw Malformed();
            }
            _current = new ProtoField((int)(tag >> 3), _message[start.._at], bytes, number);
            return true;
        }

        private ReadOnlySpan<byte> Take(ulong length)
        {
            if (length > (ulong)(_message.Length - _at)) throw Malformed();
            var taken = _message.Slice(_at, (int)length);
            _at += (int)length;
            return taken;
        }

        private ulong Varint()
        {
            ulong value = 0;
            for (var shift = 0; shift < 64; shift += 7)
            {
                if (_at >= _message.Length) throw Malformed();
                var next = _message[_at++];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80) return value;
            }
            throw Malformed();
        }

        private static OnnxRuntimeException Malformed() => new("The model's graph file is damaged. Run `appliance models verify`.");
    }

    /// <summary>Writes a message.</summary>
    private sealed class ProtoWriter
    {
        private readonly ArrayBufferWriter<byte> _buffer = new();

        public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

        public void Raw(ReadOnlySpan<byte> field) => _buffer.Write(field);

        public void Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

        public void Bytes(int field, ReadOnlySpan<byte> bytes)
        {
            Varint((ulong)(field << 3 | 2));
            Varint((ulong)bytes.Length);
            _buffer.Write(bytes);
        }

        public void Number(int field, long value)
        {
            Varint((ulong)(field << 3));
            Varint((ulong)value);
        }

        private void Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7) _buffer.Write([(byte)(value | 0x80)]);
            _buffer.Write([(byte)value]);
        }
    }
}
