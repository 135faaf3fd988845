using System.Globalization;
using System.Runtime.InteropServices;
using Models.Onnx;
using Models.Onnx.Rewriting;

namespace Models.Import.Onnx;

/// <summary>Element types of tensors, by their numbers in onnx.proto.</summary>
internal enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
    Float16 = 10,
}

/// <summary>
/// An ONNX model being built (onnx.proto: IR 10, opset 21, com.microsoft 1). Weights lie in an external data file; the model holds
/// references to them. Field numbers are those of ModelProto, GraphProto, NodeProto, TensorProto and ValueInfoProto.
/// </summary>
internal sealed class OnnxGraph
{
    /// <summary>The domain of ONNX Runtime's own operators.</summary>
    public const string Microsoft = "com.microsoft";

    private readonly ProtobufWriter _graph = new ProtobufWriter().String(2, "main_graph");
    private readonly HashSet<string> _constants = [];

    /// <summary>Adds an operator; an empty input name leaves an optional input out. Returns the first output.</summary>
    public string Node(string op, string name, string[] inputs, string[] outputs, string domain = "", params ReadOnlySpan<OnnxAttribute> attributes)
    {
        var node = new ProtobufWriter();
        foreach (var input in inputs) node.String(1, input);
        foreach (var output in outputs) node.String(2, output);
        node.String(3, name).String(4, op);
        foreach (var attribute in attributes) node.Message(5, attribute.ToProto());
        if (domain.Length > 0) node.String(7, domain);
        _graph.Message(1, node);
        return outputs[0];
    }

    /// <summary>Adds an operator with one output, named after it as the GenAI builder does.</summary>
    public string Node(string op, string name, string[] inputs, params ReadOnlySpan<OnnxAttribute> attributes) =>
        Node(op, name, inputs, [name + "/output_0"], "", attributes);

    /// <summary>The same in ONNX Runtime's own domain.</summary>
    public string MicrosoftNode(string op, string name, string[] inputs, params ReadOnlySpan<OnnxAttribute> attributes) =>
        Node(op, name, inputs, [name + "/output_0"], Microsoft, attributes);

    /// <summary>A weight stored in the external data file.</summary>
    public string External(string name, OnnxType type, ReadOnlySpan<long> shape, string location, long offset, long length)
    {
        var tensor = Tensor(name, type, shape);
        Span<(string, string)> entries =
        [
            ("location", location), ("offset", offset.ToString(CultureInfo.InvariantCulture)), ("length", length.ToString(CultureInfo.InvariantCulture)),
        ];
        foreach (var (key, value) in entries) tensor.Message(13, new ProtobufWriter().String(1, key).String(2, value));
        _graph.Message(5, tensor.Integer(14, 1));
        return name;
    }

    /// <summary>An int64 list, named by its values; the same list is stored once.</summary>
    public string Integers(params ReadOnlySpan<long> values)
    {
        var name = $"/model/constants/INT64/[{string.Join(", ", values.ToArray())}]";
        if (_constants.Add(name)) _graph.Message(5, Tensor(name, OnnxType.Int64, [values.Length]).Bytes(9, MemoryMarshal.AsBytes(values)));
        return name;
    }

    /// <summary>An int64 scalar.</summary>
    public string Integer(long value)
    {
        var name = $"/model/constants/INT64/{value}";
        if (_constants.Add(name)) _graph.Message(5, Tensor(name, OnnxType.Int64, []).Bytes(9, MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in value))));
        return name;
    }

    /// <summary>An input of the graph; a dimension is a number or a name.</summary>
    public void Input(string name, OnnxType type, params ReadOnlySpan<object> shape) => _graph.Bytes(11, new GraphValue(name, (int)type, shape).ToProto());

    /// <summary>An output of the graph.</summary>
    public void Output(string name, OnnxType type, params ReadOnlySpan<object> shape) => _graph.Bytes(12, new GraphValue(name, (int)type, shape).ToProto());

    /// <summary>Writes the model.</summary>
    public void Save(string path)
    {
        var version = typeof(OnnxGraph).Assembly.GetName().Version?.ToString(3) ?? "0";
        var model = new ProtobufWriter().Integer(1, 10).String(2, "appliance").String(3, version).Message(7, _graph)
            .Message(8, new ProtobufWriter().String(1, "").Integer(2, 21))
            .Message(8, new ProtobufWriter().String(1, Microsoft).Integer(2, 1));
        using var file = File.Create(path);
        file.Write(model.Written);
    }

    private static ProtobufWriter Tensor(string name, OnnxType type, ReadOnlySpan<long> shape)
    {
        var tensor = new ProtobufWriter();
        foreach (var dimension in shape) tensor.Integer(1, dimension);
        return tensor.Integer(2, (int)type).String(8, name);
    }
}
