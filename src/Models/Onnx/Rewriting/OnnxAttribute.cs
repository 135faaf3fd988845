using System.Buffers.Binary;

namespace Models.Onnx.Rewriting;

/// <summary>
/// A named constant of an operator: an integer, a float or a string; any other kind read from a file is kept as it stands.
/// AttributeProto: name 1, f 2, i 3, s 4, type 20 (1 float, 2 integer, 3 string).
/// </summary>
internal readonly record struct OnnxAttribute
{
    private readonly object _value;

    public OnnxAttribute(string name, long value) => (Name, _value) = (name, value);

    public OnnxAttribute(string name, float value) => (Name, _value) = (name, value);

    public OnnxAttribute(string name, string value) => (Name, _value) = (name, value);

    private OnnxAttribute(string name, byte[] proto) => (Name, _value) = (name, proto);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The value where it is an integer.</summary>
    public long? Integer => _value as long?;

    /// <summary>The value where it is a float.</summary>
    public float? Float => _value as float?;

    /// <summary>The value where it is a string.</summary>
    public string? Text => _value as string;

    /// <summary>Reads an AttributeProto. The type may be missing: files before IR version 2 go without.</summary>
    /// <exception cref="FormatException">The bytes are not a message.</exception>
    public static OnnxAttribute Read(ReadOnlySpan<byte> proto)
    {
        var name = "";
        object? value = null;
        var reader = new ProtobufReader(proto);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Text; break;
                case 2 when reader.Bytes.Length == 4: value = BinaryPrimitives.ReadSingleLittleEndian(reader.Bytes); break;
                case 3: value = reader.Integer; break;
                case 4: value = reader.Text; break;
            }
        }
        return value switch
        {
            long integer => new OnnxAttribute(name, integer),
            float number => new OnnxAttribute(name, number),
            string text => new OnnxAttribute(name, text),
            _ => new OnnxAttribute(name, proto.ToArray()),
        };
    }

    /// <summary>The AttributeProto.</summary>
    public ProtobufWriter ToProto()
    {
        if (_value is byte[] proto) return new ProtobufWriter().Raw(proto);
        var attribute = new ProtobufWriter().String(1, Name);
        return _value switch
        {
            float number => attribute.Float(2, number).Integer(20, 1),
            string text => attribute.String(4, text).Integer(20, 3),
            _ => attribute.Integer(3, (long)_value).Integer(20, 2),
        };
    }
}
