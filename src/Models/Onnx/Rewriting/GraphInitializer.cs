namespace Models.Onnx.Rewriting;

/// <summary>A stored tensor of a graph: what it is, not what is in it. TensorProto: dims 1, data_type 2, name 8.</summary>
internal sealed class GraphInitializer
{
    private readonly ReadOnlyMemory<byte> _proto;

    /// <summary>Reads a TensorProto.</summary>
    /// <exception cref="FormatException">The bytes are not a message.</exception>
    public GraphInitializer(ReadOnlyMemory<byte> proto)
    {
        _proto = proto;
        List<long> shape = [];
        var reader = new ProtobufReader(proto.Span);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                // A list of numbers comes one by one or packed into one field.
                case 1 when reader.Bytes.IsEmpty: shape.Add(reader.Integer); break;
                case 1: shape.AddRange(ProtobufReader.Packed(reader.Bytes)); break;
                case 2: Type = (OnnxElementType)reader.Integer; break;
                case 8: Name = reader.Text; break;
            }
        }
        Shape = shape;
    }

    /// <summary>Its name.</summary>
    public string Name { get; } = "";

    /// <summary>Its element type.</summary>
    public OnnxElementType Type { get; }

    /// <summary>Its dimensions.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The TensorProto.</summary>
    public ReadOnlySpan<byte> ToProto() => _proto.Span;
}
