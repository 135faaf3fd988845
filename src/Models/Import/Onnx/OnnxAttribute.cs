using Models.Onnx;

namespace Models.Import.Onnx;

/// <summary>A named constant of an operator: an integer, a float or a string.</summary>
internal readonly record struct OnnxAttribute
{
    private readonly string _name;
    private readonly object _value;

    public OnnxAttribute(string name, long value) => (_name, _value) = (name, value);

    public OnnxAttribute(string name, float value) => (_name, _value) = (name, value);

    /// <summary>AttributeProto: name 1, f 2, i 3, type 20 (1 float, 2 integer).</summary>
    public ProtobufWriter ToProto()
    {
        var attribute = new ProtobufWriter().String(1, _name);
        return _value is float number ? attribute.Float(2, number).Integer(20, 1) : attribute.Integer(3, (long)_value).Integer(20, 2);
    }
}
