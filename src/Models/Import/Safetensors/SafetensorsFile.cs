using System.Buffers.Binary;
using System.Text.Json;
using Models.Import.Weights;

namespace Models.Import.Safetensors;

/// <summary>One .safetensors file: the length of a JSON header, the header, the bytes of the tensors.</summary>
internal static class SafetensorsFile
{
    // The format's own limit (safetensors, MAX_HEADER_SIZE).
    private const long LongestHeader = 100_000_000;

    /// <summary>Reads the tensors of a mapped file into <paramref name="tensors"/>.</summary>
    /// <exception cref="ImportException">The file is damaged, a kind is not supported, or a name occurs twice.</exception>
    public static void Read(MappedFile file, Dictionary<string, SourceTensor> tensors)
    {
        if (file.Length < 8) throw Damaged(file, "it is too short");
        var headerLength = BinaryPrimitives.ReadInt64LittleEndian(file.Slice(0, 8));
        if (headerLength is < 2 or > LongestHeader || headerLength > file.Length - 8) throw Damaged(file, "it does not start with the length of its header");
        var found = new List<SourceTensor>();
        try
        {
            var reader = new Utf8JsonReader(file.Slice(8, headerLength));
            Expect(ref reader, JsonTokenType.StartObject);
            while (Next(ref reader) == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (name == "__metadata__") Skip(ref reader);
                else found.Add(ReadTensor(ref reader, name, file, 8 + headerLength));
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new ImportException($"{file.Path} is damaged: its header is not the JSON it should be ({e.Message}). Fetch it again.", e);
        }

        SourceTensor? previous = null;
        foreach (var tensor in found.OrderBy(t => t.Offset))
        {
            if (previous is not null && previous.Offset + previous.Bytes > tensor.Offset) throw Damaged(file, $"tensors {previous.Name} and {tensor.Name} overlap");
            if (!tensors.TryAdd(tensor.Name, tensor)) throw Damaged(file, $"tensor {tensor.Name} occurs twice");
            previous = tensor;
        }
    }

    private static SourceTensor ReadTensor(ref Utf8JsonReader reader, string name, MappedFile file, long dataStart)
    {
        string? dtype = null;
        List<long>? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject);
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype"))
            {
                Expect(ref reader, JsonTokenType.String);
                dtype = reader.GetString();
            }
            else if (reader.ValueTextEquals("shape"))
            {
                shape = ReadIntegers(ref reader);
            }
            else if (reader.ValueTextEquals("data_offsets"))
            {
                offsets = ReadIntegers(ref reader);
            }
            else
            {
                Skip(ref reader);
            }
        }
        if (dtype is null || shape is null || offsets is not [var begin, var end]) throw Damaged(file, $"the header of tensor {name} is incomplete");
        var kind = dtype switch
        {
            "F32" => ElementKind.F32,
            "F16" => ElementKind.F16,
            "BF16" => ElementKind.BF16,
            _ => throw new ImportException($"Tensor {name} in {file.Path} is stored as {dtype}, which is not supported. Take the model in F32, F16 or BF16."),
        };
        if (begin < 0 || begin > file.Length - dataStart) throw Damaged(file, $"tensor {name} lies outside it");
        var tensor = new SourceTensor(name, kind, shape, file, dataStart + begin);
        return tensor.Bytes == end - begin ? tensor : throw Damaged(file, $"tensor {name} has {end - begin:N0} bytes where its shape asks for {tensor.Bytes:N0}");
    }

    private static List<long> ReadIntegers(ref Utf8JsonReader reader)
    {
        // Longer lists than any tensor has dimensions are refused later; they need not be kept.
        const int MostKept = 8;
        var numbers = new List<long>();
        Expect(ref reader, JsonTokenType.StartArray);
        while (Next(ref reader) == JsonTokenType.Number) if (numbers.Count < MostKept) numbers.Add(reader.GetInt64());
        return reader.TokenType == JsonTokenType.EndArray ? numbers : throw new JsonException("a list of numbers holds something else");
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader) => reader.Read() ? reader.TokenType : throw new JsonException("it ends too early");

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (Next(ref reader) != type) throw new JsonException($"{type} is expected at byte {reader.TokenStartIndex}");
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        reader.Skip();
    }

    private static ImportException Damaged(MappedFile file, string what) => new($"{file.Path} is damaged: {what}. Fetch it again.");
}
