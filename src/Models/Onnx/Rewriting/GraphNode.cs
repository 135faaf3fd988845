namespace Models.Onnx.Rewriting;

/// <summary>
/// One operator of a graph. Immutable: a changed operator is another node. NodeProto: input 1, output 2, name 3, op_type 4, attribute 5,
/// domain 7.
/// </summary>
internal sealed class GraphNode
{
    private readonly Dictionary<string, OnnxAttribute> _attributes = [];

    // The NodeProto as the file has it; empty where the node is new.
    private readonly ReadOnlyMemory<byte> _proto;

    /// <summary>A new node. An empty input or output name leaves an optional one out.</summary>
    public GraphNode(string opType, string domain, string name, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, params IEnumerable<OnnxAttribute> attributes)
    {
        (OpType, Domain, Name, Inputs, Outputs) = (opType, domain, name, inputs, outputs);
        foreach (var attribute in attributes) _attributes[attribute.Name] = attribute;
    }

    /// <summary>Reads a NodeProto.</summary>
    /// <exception cref="FormatException">The bytes are not a message.</exception>
    public GraphNode(ReadOnlyMemory<byte> proto)
    {
        _proto = proto;
        List<string> inputs = [], outputs = [];
        var reader = new ProtobufReader(proto.Span);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1: inputs.Add(reader.Text); break;
                case 2: outputs.Add(reader.Text); break;
                case 3: Name = reader.Text; break;
                case 4: OpType = reader.Text; break;
                case 5:
                    var attribute = OnnxAttribute.Read(reader.Bytes);
                    _attributes[attribute.Name] = attribute;
                    break;
                case 7: Domain = reader.Text; break;
            }
        }
        (Inputs, Outputs) = (inputs, outputs);
    }

    /// <summary>Name of the operator, such as MatMulNBits.</summary>
    public string OpType { get; } = "";

    /// <summary>Who defines the operator; empty for ONNX itself.</summary>
    public string Domain { get; } = "";

    /// <summary>Name of the node.</summary>
    public string Name { get; } = "";

    /// <summary>Names of its inputs, empty where an optional one is left out.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>Names of its outputs.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>Its constants.</summary>
    public IEnumerable<OnnxAttribute> Attributes => _attributes.Values;

    /// <summary>Whether it is that operator.</summary>
    public bool Is(string opType, string domain = "") => OpType == opType && Domain == domain;

    /// <summary>Name of an input, or empty where it is left out.</summary>
    public string Input(int index) => index < Inputs.Count ? Inputs[index] : "";

    /// <summary>An integer attribute, or null where it has none of that name and kind.</summary>
    public long? Integer(string name) => _attributes.TryGetValue(name, out var attribute) ? attribute.Integer : null;

    /// <summary>A float attribute, or null where it has none of that name and kind.</summary>
    public float? Float(string name) => _attributes.TryGetValue(name, out var attribute) ? attribute.Float : null;

    /// <summary>A string attribute, or null where it has none of that name and kind.</summary>
    public string? Text(string name) => _attributes.TryGetValue(name, out var attribute) ? attribute.Text : null;

    /// <summary>The same node with other inputs.</summary>
    public GraphNode WithInputs(IReadOnlyList<string> inputs) => new(OpType, Domain, Name, inputs, Outputs, Attributes);

    /// <summary>The same node with an attribute set.</summary>
    public GraphNode WithAttribute(OnnxAttribute attribute) => new(OpType, Domain, Name, Inputs, Outputs, [.. Attributes, attribute]);

    /// <summary>The NodeProto: byte for byte as it was read, or written anew.</summary>
    public ReadOnlySpan<byte> ToProto()
    {
        if (!_proto.IsEmpty) return _proto.Span;
        var proto = new ProtobufWriter();
        foreach (var input in Inputs) proto.String(1, input);
        foreach (var output in Outputs) proto.String(2, output);
        proto.String(3, Name).String(4, OpType);
        foreach (var attribute in Attributes) proto.Message(5, attribute.ToProto());
        if (Domain.Length > 0) proto.String(7, Domain);
        return proto.Written;
    }
}
