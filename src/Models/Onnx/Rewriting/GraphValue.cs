using System.Globalization;

namespace Models.Onnx.Rewriting;

/// <summary>
/// A declared input or output of a graph. ValueInfoProto: name 1, type 2 → TypeProto: tensor_type 1 → elem_type 1, shape 2 →
/// dim 1 → dim_value 1, dim_param 2.
/// </summary>
internal sealed class GraphValue
{
    private readonly ReadOnlyMemory<byte> _proto;

    /// <summary>Reads a ValueInfoProto.</summary>
    /// <exception cref="FormatException">The bytes are not a message.</exception>
    public GraphValue(ReadOnlyMemory<byte> proto)
    {
        _proto = proto;
        var reader = new ProtobufReader(proto.Span);
        while (reader.Read())
            if (reader.Field == 1) Name = reader.Text;
    }

    /// <summary>A new tensor; a dimension is a number or a name, and its type one of TensorProto's numbers.</summary>
    public GraphValue(string name, int elementType, params ReadOnlySpan<object> shape)
    {
        Name = name;
        var dimensions = new ProtobufWriter();
        foreach (var dimension in shape)
        {
            dimensions.Message(1, dimension is string symbol
                ? new ProtobufWriter().String(2, symbol)
                : new ProtobufWriter().Integer(1, Convert.ToInt64(dimension, CultureInfo.InvariantCulture)));
        }
        var tensor = new ProtobufWriter().Integer(1, elementType).Message(2, dimensions);
        _proto = new ProtobufWriter().String(1, name).Message(2, new ProtobufWriter().Message(1, tensor)).Written.ToArray();
    }

    /// <summary>Its name.</summary>
    public string Name { get; } = "";

    /// <summary>The ValueInfoProto.</summary>
    public ReadOnlySpan<byte> ToProto() => _proto.Span;
}
