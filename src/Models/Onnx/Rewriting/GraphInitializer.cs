using System.Globalization;

namespace Models.Onnx.Rewriting;

/// <summary>
/// A stored tensor of a graph. TensorProto: dims 1, data_type 2, name 8, external_data 13 (StringStringEntryProto: key 1, value 2).
/// </summary>
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
                case 13: ReadLocation(reader.Bytes); break;
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

    /// <summary>The file beside the model that holds its elements, or null where the model holds them.</summary>
    public string? File { get; private set; }

    /// <summary>Where they begin in that file, bytes.</summary>
    public long Offset { get; private set; }

    /// <summary>How many bytes they take in that file.</summary>
    public long Length { get; private set; }

    /// <summary>The TensorProto.</summary>
    public ReadOnlySpan<byte> ToProto() => _proto.Span;

    private void ReadLocation(ReadOnlySpan<byte> entry)
    {
        string key = "", value = "";
        var reader = new ProtobufReader(entry);
        while (reader.Read())
        {
            if (reader.Field == 1) key = reader.Text;
            if (reader.Field == 2) value = reader.Text;
        }
        switch (key)
        {
            case "location": File = value; break;
            case "offset": Offset = Number(value); break;
            case "length": Length = Number(value); break;
        }
    }

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"'{text}' is not a number");
}
