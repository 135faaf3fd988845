namespace Models.Onnx.Rewriting;

/// <summary>
/// A model's graph while passes change it. What no pass touches is written byte for byte as it was read. Field numbers (onnx.proto):
/// ModelProto: graph 7, opset_import 8; GraphProto: node 1, initializer 5, input 11, output 12; OperatorSetIdProto: domain 1, version 2.
/// Not for several threads.
/// </summary>
internal sealed class RewriteGraph
{
    private const int Graph = 7, OpsetImport = 8, Node = 1, Initializer = 5, Input = 11, Output = 12;

    // Fields of the model and of its graph that are not decoded.
    private readonly List<ReadOnlyMemory<byte>> _model = [];
    private readonly List<ReadOnlyMemory<byte>> _graph = [];
    private readonly List<GraphNode> _nodes = [];
    private readonly Dictionary<string, GraphInitializer> _initializers = [];
    private readonly Dictionary<string, GraphNode> _producers = [];
    private readonly Dictionary<string, int> _consumers = [];
    private readonly HashSet<string> _domains = [];

    /// <summary>Reads a ModelProto, whose bytes must stay as they are while the graph is in use.</summary>
    /// <exception cref="FormatException">The bytes are not a message.</exception>
    public RewriteGraph(ReadOnlyMemory<byte> model)
    {
        foreach (var (field, raw, contents) in Fields(model))
        {
            if (field == Graph) ReadGraph(contents);
            else _model.Add(raw);
        }
    }

    /// <summary>Whether anything was changed.</summary>
    public bool Changed { get; private set; }

    /// <summary>The operators, in an order in which they can run. Stays as it is when the graph changes: take it anew to see the change.</summary>
    public IReadOnlyList<GraphNode> Nodes => [.. _nodes];

    /// <summary>Declared inputs.</summary>
    public List<GraphValue> Inputs { get; } = [];

    /// <summary>Declared outputs.</summary>
    public List<GraphValue> Outputs { get; } = [];

    /// <summary>A stored tensor, or null.</summary>
    public GraphInitializer? InitializerOf(string name) => _initializers.GetValueOrDefault(name);

    /// <summary>The node that makes a value, or null where it is an input, stored, or nobody's.</summary>
    public GraphNode? Producer(string name) => _producers.GetValueOrDefault(name);

    /// <summary>How many inputs of nodes and outputs of the graph a value goes to.</summary>
    public int Consumers(string name) => _consumers.GetValueOrDefault(name) + Outputs.Count(output => output.Name == name);

    /// <summary>Adds a node at the end.</summary>
    public void Add(GraphNode node) => Insert(_nodes.Count, node);

    /// <summary>Takes nodes out.</summary>
    public void Remove(params ReadOnlySpan<GraphNode> nodes)
    {
        foreach (var node in nodes)
        {
            if (!_nodes.Remove(node)) throw new InvalidOperationException($"The node {node.Name} is not in the graph.");
            foreach (var output in node.Outputs) _producers.Remove(output);
            foreach (var input in node.Inputs) _consumers[input]--;
        }
        Changed = true;
    }

    /// <summary>Puts a node in the place of others: where the last of them stood, as its inputs exist there.</summary>
    public void Replace(ReadOnlySpan<GraphNode> nodes, GraphNode by)
    {
        var last = 0;
        foreach (var node in nodes) last = Math.Max(last, _nodes.IndexOf(node));
        Remove(nodes);
        Insert(last + 1 - nodes.Length, by);
    }

    /// <summary>Declares that the graph uses version 1 of a domain's operators.</summary>
    public void Import(string domain) => _domains.Add(domain);

    /// <summary>The ModelProto.</summary>
    public byte[] Write()
    {
        var graph = new ProtobufWriter();
        foreach (var field in _graph) graph.Raw(field.Span);
        foreach (var node in _nodes) graph.Bytes(Node, node.ToProto());
        foreach (var initializer in _initializers.Values) graph.Bytes(Initializer, initializer.ToProto());
        foreach (var input in Inputs) graph.Bytes(Input, input.ToProto());
        foreach (var output in Outputs) graph.Bytes(Output, output.ToProto());
        var model = new ProtobufWriter();
        foreach (var field in _model) model.Raw(field.Span);
        foreach (var domain in _domains) model.Message(OpsetImport, new ProtobufWriter().String(1, domain).Integer(2, 1));
        return model.Message(Graph, graph).Written.ToArray();
    }

    private void ReadGraph(ReadOnlyMemory<byte> graph)
    {
        foreach (var (field, raw, contents) in Fields(graph))
        {
            switch (field)
            {
                case Node: Track(_nodes.Count, new GraphNode(contents)); break;
                case Initializer:
                    var initializer = new GraphInitializer(contents);
                    _initializers[initializer.Name] = initializer;
                    break;
                case Input: Inputs.Add(new GraphValue(contents)); break;
                case Output: Outputs.Add(new GraphValue(contents)); break;
                default: _graph.Add(raw); break;
            }
        }
    }

    private void Insert(int index, GraphNode node)
    {
        Track(index, node);
        Changed = true;
    }

    private void Track(int index, GraphNode node)
    {
        _nodes.Insert(index, node);
        foreach (var output in node.Outputs) _producers[output] = node;
        foreach (var input in node.Inputs) _consumers[input] = _consumers.GetValueOrDefault(input) + 1;
    }

    // Slices and not copies: a file may carry its weights.
    private static List<(int Field, ReadOnlyMemory<byte> Raw, ReadOnlyMemory<byte> Contents)> Fields(ReadOnlyMemory<byte> message)
    {
        List<(int, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>)> fields = [];
        var reader = new ProtobufReader(message.Span);
        for (var start = 0; reader.Read(); start += reader.Raw.Length)
        {
            var raw = message.Slice(start, reader.Raw.Length);
            fields.Add((reader.Field, raw, raw[(reader.Raw.Length - reader.Bytes.Length)..]));
        }
        return fields;
    }
}
