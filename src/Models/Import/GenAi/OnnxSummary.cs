using Models.Onnx;

namespace Models.Import.GenAi;

/// <summary>
/// What an import needs to know of an ONNX model made elsewhere: its inputs and outputs, its external data files, how its weights are
/// stored. Read from the file's fields (onnx.proto) without ONNX Runtime, so that nothing of a bad model is run or loaded.
/// </summary>
internal sealed class OnnxSummary
{
    // Graphs nest in the branches of If and Loop; published decoders go one deep.
    private const int DeepestNesting = 8;
    private const int MostParts = 1_000_000;

    private readonly HashSet<string> _scales = [];

    // Output and input of every Cast: scales may be stored in a narrower type than they are used in.
    private readonly List<(string Output, string Input)> _casts = [];
    private readonly List<(string Name, long Elements)> _floats = [];
    private int _parts;

    private OnnxSummary() { }

    /// <summary>Names of the graph's inputs.</summary>
    public HashSet<string> Inputs { get; } = [];

    /// <summary>Names of the graph's outputs.</summary>
    public HashSet<string> Outputs { get; } = [];

    /// <summary>Names of external data files, as the model spells them, and the bytes each must have.</summary>
    public Dictionary<string, long> DataFiles { get; } = [];

    /// <summary>Bits per weight of its quantized matrices.</summary>
    public SortedSet<long> Bits { get; } = [];

    /// <summary>Elements of its tensors of bytes: the weights of graphs that quantize to int8 with ONNX's own operators.</summary>
    public long ByteElements { get; private set; }

    /// <summary>The operators it uses, without their domains.</summary>
    public HashSet<string> Operators { get; } = [];

    /// <summary>Number of weights.</summary>
    public long Parameters { get; private set; }

    /// <summary>Reads a serialized ModelProto.</summary>
    /// <exception cref="FormatException">The bytes are no ONNX model.</exception>
    public static OnnxSummary Read(ReadOnlySpan<byte> model)
    {
        var summary = new OnnxSummary();
        var reader = new ProtobufReader(model);
        var hasGraph = false;
        while (reader.Read())
        {
            if (reader.Field == 7)
            {
                summary.ReadGraph(reader.Bytes, 0);
                hasGraph = true;
            }
            else if (reader.Field == 25)
            {
                summary.ReadFunction(reader.Bytes);
            }
        }
        if (!hasGraph) throw new FormatException("it holds no graph");
        foreach (var (output, input) in summary._casts)
            if (summary._scales.Contains(output)) summary._scales.Add(input);
        summary.Parameters += summary._floats.Where(f => !summary._scales.Contains(f.Name)).Sum(f => f.Elements);
        return summary;
    }

    private void ReadGraph(ReadOnlySpan<byte> graph, int depth)
    {
        if (depth > DeepestNesting) throw new FormatException($"its graphs nest deeper than {DeepestNesting}");
        var reader = new ProtobufReader(graph);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1: ReadNode(reader.Bytes, depth); break;
                case 5: ReadTensor(reader.Bytes); break;
                case 11 when depth == 0: Inputs.Add(NameOf(reader.Bytes)); break;
                case 12 when depth == 0: Outputs.Add(NameOf(reader.Bytes)); break;
                case 15: ReadSparseTensor(reader.Bytes); break;
            }
        }
    }

    private void ReadFunction(ReadOnlySpan<byte> function)
    {
        var reader = new ProtobufReader(function);
        while (reader.Read()) if (reader.Field == 7) ReadNode(reader.Bytes, 0);
    }

    private void ReadNode(ReadOnlySpan<byte> node, int depth)
    {
        CountPart();
        var (op, inputs, output, bits, n, k) = ("", new List<string>(), "", 4L, 0L, 0L);
        var reader = new ProtobufReader(node);
        while (reader.Read())
        {
            if (reader.Field == 1) inputs.Add(reader.Text);
            else if (reader.Field == 2) output = reader.Text;
            else if (reader.Field == 4) op = reader.Text;
            else if (reader.Field == 5) ReadAttribute(reader.Bytes, depth, ref bits, ref n, ref k);
        }
        Operators.Add(op);
        if (op == "Cast" && inputs.Count == 1) _casts.Add((output, inputs[0]));
        if (op is not ("MatMulNBits" or "GatherBlockQuantized")) return;
        // Everything but the data they multiply or look up by describes how weights are stored.
        _scales.UnionWith(inputs.Skip(2));
        if (op == "MatMulNBits" && n is > 0 and <= int.MaxValue && k is > 0 and <= int.MaxValue)
        {
            Bits.Add(bits);
            Parameters += n * k;
        }
    }

    private void ReadAttribute(ReadOnlySpan<byte> attribute, int depth, ref long bits, ref long n, ref long k)
    {
        var name = "";
        var reader = new ProtobufReader(attribute);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Text; break;
                case 3 when name == "bits": bits = reader.Integer; break;
                case 3 when name == "N": n = reader.Integer; break;
                case 3 when name == "K": k = reader.Integer; break;
                case 5 or 10: ReadTensor(reader.Bytes); break;
                case 6 or 11: ReadGraph(reader.Bytes, depth + 1); break;
                case 22 or 23: ReadSparseTensor(reader.Bytes); break;
            }
        }
    }

    private void ReadSparseTensor(ReadOnlySpan<byte> tensor)
    {
        var reader = new ProtobufReader(tensor);
        while (reader.Read()) if (reader.Field is 1 or 2) ReadTensor(reader.Bytes);
    }

    private void ReadTensor(ReadOnlySpan<byte> tensor)
    {
        const int Float = 1, UInt8 = 2, Int8 = 3, Half = 10, BFloat16 = 16;
        CountPart();
        var (name, type, elements) = ("", 0L, 1L);
        var entries = new Dictionary<string, string>();
        var reader = new ProtobufReader(tensor);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1: foreach (var dimension in reader.Integers) elements = Multiply(elements, dimension); break;
                case 2: type = reader.Integer; break;
                case 8: name = reader.Text; break;
                case 13: ReadEntry(reader.Bytes, entries); break;
            }
        }
        if (type is Float or Half or BFloat16 && !name.EndsWith("cos_cache", StringComparison.Ordinal) && !name.EndsWith("sin_cache", StringComparison.Ordinal))
            _floats.Add((name, elements));
        if (type is UInt8 or Int8) ByteElements += elements;
        if (!entries.TryGetValue("location", out var location)) return;
        var end = Add(Number(entries, "offset"), Number(entries, "length"));
        DataFiles[location] = Math.Max(DataFiles.GetValueOrDefault(location), end);
    }

    // A hostile file may hold a node or tensor in every other byte.
    private void CountPart()
    {
        if (++_parts > MostParts) throw new FormatException($"it holds more than {MostParts:N0} operators and tensors");
    }

    private static void ReadEntry(ReadOnlySpan<byte> entry, Dictionary<string, string> entries)
    {
        var (key, value) = ("", "");
        var reader = new ProtobufReader(entry);
        while (reader.Read())
        {
            if (reader.Field == 1) key = reader.Text;
            else if (reader.Field == 2) value = reader.Text;
        }
        entries[key] = value;
    }

    private static string NameOf(ReadOnlySpan<byte> valueInfo)
    {
        var reader = new ProtobufReader(valueInfo);
        while (reader.Read()) if (reader.Field == 1) return reader.Text;
        return "";
    }

    private static long Number(Dictionary<string, string> entries, string key) =>
        !entries.TryGetValue(key, out var text) ? 0
        : long.TryParse(text, out var number) && number >= 0 ? number
        : throw new FormatException($"the {key} of external data is {text}");

    private static long Multiply(long a, long b) =>
        b >= 0 && (a == 0 || b <= long.MaxValue / 4096 / Math.Max(a, 1)) ? a * b : throw new FormatException("a tensor has an impossible shape");

    private static long Add(long a, long b) => a <= long.MaxValue - b ? a + b : throw new FormatException("external data reaches past any file");
}
