using Models.Onnx.Kernels;
using Models.Onnx.Rewriting;

namespace Models.Onnx;

/// <summary>
/// What ONNX Runtime will do with the weights of a graph when it loads it, worked out from the graph's fields (onnx.proto) alone. Bytes.
/// The rules were read off loaded models: products with a constant right side are repacked into memory of their own and the file's
/// pages dropped; a Cast of a constant is computed once and kept; everything else, our own operators' weights included, stays where the
/// file is mapped, or is copied instead and not mapped, which takes as much.
/// </summary>
internal sealed class GraphMemory
{
    private readonly Dictionary<string, Tensor> _tensors = [];
    private readonly Dictionary<string, string> _casts = [];
    private readonly HashSet<string> _repacked = [];
    private readonly HashSet<string> _inPlace = [];

    private GraphMemory() { }

    /// <summary>Weights used from the mapped file.</summary>
    public long MappedBytes { get; private set; }

    /// <summary>Copies: repacked and converted weights, and those inside the graph file.</summary>
    public long PrivateBytes { get; private set; }

    /// <summary>Weights of matrices, in number.</summary>
    public long MatrixWeights { get; private set; }

    /// <summary>Longest side of a matrix other than the vocabulary's: the widest row of activations.</summary>
    public long WidestRow { get; private set; }

    /// <summary>Reads a serialized ModelProto as ONNX Runtime will get it.</summary>
    /// <param name="model">The graph file's bytes.</param>
    /// <param name="vocabulary">Columns of the logits.</param>
    /// <exception cref="OnnxRuntimeException">The bytes are no model.</exception>
    public static GraphMemory Read(byte[] model, int vocabulary)
    {
        try
        {
            var memory = new GraphMemory();
            ReadOnlySpan<byte> seen = GraphRewriter.UseOurOperators(model, new OrtSessionSettings { Threads = 1, Spin = false }, null) ?? model;
            var reader = new ProtobufReader(seen);
            while (reader.Read()) if (reader.Field == 7) memory.ReadGraph(reader.Bytes, vocabulary);
            memory.Sum();
            return memory;
        }
        catch (FormatException e)
        {
            throw new OnnxRuntimeException($"The model's graph file is damaged: {e.Message}. Run `appliance models verify`.", e);
        }
    }

    private void ReadGraph(ReadOnlySpan<byte> graph, int vocabulary)
    {
        // GraphProto.node = 1, .initializer = 5. Weights are named after the nodes that use them, so they come first here.
        var reader = new ProtobufReader(graph);
        while (reader.Read()) if (reader.Field == 5) ReadTensor(reader.Bytes);
        reader = new ProtobufReader(graph);
        while (reader.Read()) if (reader.Field == 1) ReadNode(reader.Bytes, vocabulary);
    }

    private void ReadNode(ReadOnlySpan<byte> node, int vocabulary)
    {
        var (op, domain, inputs, output) = ("", "", new List<string>(), "");
        long n = 0, k = 0, bits = 4, block = 32;
        var reader = new ProtobufReader(node);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1: inputs.Add(reader.Text); break;
                case 2 when output.Length == 0: output = reader.Text; break;
                case 4: op = reader.Text; break;
                case 7: domain = reader.Text; break;
                case 5:
                    var (name, value) = ReadAttribute(reader.Bytes);
                    if (name == "N") n = value;
                    if (name == "K") k = value;
                    if (name == "bits") bits = value;
                    if (name == "block_size") block = Math.Max(1, value);
                    break;
            }
        }
        switch (op)
        {
            case "Cast" when inputs.Count == 1 && _tensors.ContainsKey(inputs[0]):
                _casts[output] = inputs[0];
                return;
            case "MatMulNBits" when n > 0 && k > 0:
                // Its packed form holds, for every block, the numbers, a scale and a sum, both float32.
                PrivateBytes += n * k * bits / 8 + n * (k / block) * 2 * sizeof(float);
                AddMatrix(n, k, vocabulary);
                _repacked.UnionWith(inputs.Skip(1));
                return;
            case "MatMul" or "FusedMatMul" or "Gemm" when inputs.Count > 1 && _tensors.TryGetValue(inputs[1], out var weight) && weight.Shape is [var rows, var columns]:
                PrivateBytes += weight.Bytes;
                AddMatrix(rows, columns, vocabulary);
                _repacked.Add(inputs[1]);
                _inPlace.UnionWith(inputs.Where((_, i) => i != 1));
                return;
            case MatMulOperator.OpType when domain == CustomOperators.Domain && inputs.Count > 1 && _tensors.TryGetValue(inputs[1], out var packed):
                if (packed.Shape is [var outputs, _, ..]) AddMatrix(outputs, packed.Elements * 2 / outputs, vocabulary);
                break;
        }
        _inPlace.UnionWith(inputs);
    }

    private void AddMatrix(long rows, long columns, int vocabulary)
    {
        MatrixWeights += rows * columns;
        if (rows != vocabulary) WidestRow = Math.Max(WidestRow, rows);
        if (columns != vocabulary) WidestRow = Math.Max(WidestRow, columns);
    }

    private void Sum()
    {
        foreach (var (output, input) in _casts)
        {
            if (_inPlace.Contains(output)) PrivateBytes += _tensors[input].Elements * sizeof(float);
        }
        var used = _tensors.Where(t => _inPlace.Contains(t.Key)).Select(t => t.Value).ToList();
        PrivateBytes += used.Where(t => t.Place is null).Sum(t => t.Bytes);
        // The same bytes under two names, as in a tied embedding, are there once.
        MappedBytes = used.Where(t => t.Place is not null).DistinctBy(t => t.Place).Sum(t => t.Bytes);
    }

    private void ReadTensor(ReadOnlySpan<byte> bytes)
    {
        // TensorProto.dims = 1, .data_type = 2, .name = 8, .external_data = 13.
        var (name, type, shape, place, offset, length) = ("", 1L, new List<long>(), (string?)null, "", "");
        var reader = new ProtobufReader(bytes);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1: shape.AddRange(reader.Integers); break;
                case 2: type = reader.Integer; break;
                case 8: name = reader.Text; break;
                case 13:
                    var (key, value) = ReadEntry(reader.Bytes);
                    if (key == "location") place = value;
                    if (key == "offset") offset = value;
                    if (key == "length") length = value;
                    break;
            }
        }
        var elements = shape.Aggregate(1L, (product, size) => size >= 0 && product <= long.MaxValue / Math.Max(1, size) / 16
            ? product * size : throw new FormatException("a tensor has an impossible shape"));
        var size = long.TryParse(length, out var stated) ? stated : elements * BytesOf(type);
        _tensors[name] = new Tensor(shape, elements, size, place is null ? null : $"{place}@{offset}");
    }

    // TensorProto.DataType: FLOAT 1, UINT8 2, INT8 3, UINT16 4, INT16 5, INT32 6, INT64 7, BOOL 9, FLOAT16 10, DOUBLE 11, BFLOAT16 16.
    private static int BytesOf(long type) => type switch { 2 or 3 or 9 => 1, 4 or 5 or 10 or 16 => 2, 7 or 11 => 8, _ => 4 };

    private static (string Name, long Value) ReadAttribute(ReadOnlySpan<byte> attribute)
    {
        var (name, value) = ("", 0L);
        var reader = new ProtobufReader(attribute);
        while (reader.Read())
        {
            if (reader.Field == 1) name = reader.Text;
            if (reader.Field == 3) value = reader.Integer;
        }
        return (name, value);
    }

    private static (string Key, string Value) ReadEntry(ReadOnlySpan<byte> entry)
    {
        var (key, value) = ("", "");
        var reader = new ProtobufReader(entry);
        while (reader.Read())
        {
            if (reader.Field == 1) key = reader.Text;
            if (reader.Field == 2) value = reader.Text;
        }
        return (key, value);
    }

    private sealed record Tensor(List<long> Shape, long Elements, long Bytes, string? Place);
}
