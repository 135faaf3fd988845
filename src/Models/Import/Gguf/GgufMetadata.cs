using System.Buffers.Binary;
using Models.Import.Weights;

namespace Models.Import.Gguf;

/// <summary>The key-value part of a GGUF file. Values stay in the file until they are asked for.</summary>
internal sealed class GgufMetadata
{
    // The largest published vocabularies have some 260,000 entries; the limit keeps a hostile file from filling memory with strings.
    private const int LongestList = 1 << 20;

    private readonly MappedFile _file;
    private readonly Dictionary<string, Value> _values = [];

    /// <summary>Reads the keys and remembers where their values lie.</summary>
    /// <exception cref="ImportException">A value is malformed or a key occurs twice.</exception>
    public GgufMetadata(MappedFile file, GgufCursor cursor, int count)
    {
        _file = file;
        for (var i = 0; i < count; i++)
        {
            var key = cursor.Name();
            if (!_values.TryAdd(key, ReadValue(cursor, key))) throw new ImportException($"{file.Path} holds the key {key} twice: it is damaged. Fetch it again.");
        }
    }

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>A string, or null where the key is absent.</summary>
    public string? FindString(string key) =>
        Find(key, GgufType.String) is { } value ? new GgufCursor(_file, value.Position).String() : null;

    /// <summary>An integer of any width, or null where the key is absent.</summary>
    public long? FindInteger(string key)
    {
        if (!_values.TryGetValue(key, out var value)) return null;
        return value.Type switch
        {
            GgufType.UInt8 => Bytes(value)[0],
            GgufType.Int8 => (sbyte)Bytes(value)[0],
            GgufType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(value)),
            GgufType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(Bytes(value)),
            GgufType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(value)),
            GgufType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(Bytes(value)),
            GgufType.UInt64 or GgufType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(Bytes(value)),
            _ => throw Mistyped(key, value.Type, "an integer"),
        };
    }

    /// <summary>A number, or null where the key is absent.</summary>
    public double? FindNumber(string key)
    {
        if (!_values.TryGetValue(key, out var value)) return null;
        return value.Type switch
        {
            GgufType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(Bytes(value)),
            GgufType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(Bytes(value)),
            _ => FindInteger(key),
        };
    }

    /// <summary>A truth value, or null where the key is absent.</summary>
    public bool? FindBool(string key) => Find(key, GgufType.Bool) is { } value ? Bytes(value)[0] != 0 : null;

    /// <summary>A list of strings; empty where the key is absent.</summary>
    public string[] Strings(string key)
    {
        if (Find(key, GgufType.Array) is not { } value) return [];
        if (value.ElementType != GgufType.String) throw Mistyped(key, value.ElementType, "a list of strings");
        var cursor = new GgufCursor(_file, value.Position);
        var strings = new string[value.Count];
        for (var i = 0; i < strings.Length; i++) strings[i] = cursor.String();
        return strings;
    }

    /// <summary>A list of float32; empty where the key is absent.</summary>
    public float[] Floats(string key)
    {
        if (Find(key, GgufType.Array) is not { } value) return [];
        if (value.ElementType != GgufType.Float32) throw Mistyped(key, value.ElementType, "a list of float32");
        var bytes = _file.Slice(value.Position, 4L * value.Count);
        var numbers = new float[value.Count];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
        return numbers;
    }

    /// <summary>A list of 32-bit integers; empty where the key is absent.</summary>
    public int[] Integers(string key)
    {
        if (Find(key, GgufType.Array) is not { } value) return [];
        if (value.ElementType is not (GgufType.Int32 or GgufType.UInt32)) throw Mistyped(key, value.ElementType, "a list of 32-bit integers");
        var bytes = _file.Slice(value.Position, 4L * value.Count);
        var numbers = new int[value.Count];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]);
        return numbers;
    }

    private Value ReadValue(GgufCursor cursor, string key)
    {
        var type = ReadType(cursor, key);
        if (type == GgufType.Array)
        {
            var element = ReadType(cursor, key);
            if (element == GgufType.Array) throw new ImportException($"{_file.Path} holds a list of lists under {key}, which no known key has.");
            var count = cursor.Count($"values of {key}", Math.Max(element.Size(), sizeof(ulong) * (element == GgufType.String ? 1 : 0)));
            if (count > LongestList && element == GgufType.String)
                throw new ImportException($"{_file.Path} holds {count:N0} strings under {key}; at most {LongestList:N0} are accepted.");
            var list = new Value(type, cursor.Position, element, count);
            if (element != GgufType.String) cursor.Bytes((long)element.Size() * count);
            else for (var i = 0; i < count; i++) cursor.SkipString();
            return list;
        }
        var value = new Value(type, cursor.Position, type, 1);
        if (type == GgufType.String) cursor.SkipString();
        else cursor.Bytes(type.Size());
        return value;
    }

    private GgufType ReadType(GgufCursor cursor, string key)
    {
        var type = cursor.U32();
        return type <= (uint)GgufType.Float64 ? (GgufType)type : throw new ImportException($"{_file.Path} stores {key} with the unknown type {type}: it is damaged. Fetch it again.");
    }

    private Value? Find(string key, GgufType type)
    {
        if (!_values.TryGetValue(key, out var value)) return null;
        return value.Type == type ? value : throw Mistyped(key, value.Type, type.ToString());
    }

    private ReadOnlySpan<byte> Bytes(Value value) => _file.Slice(value.Position, value.Type.Size());

    private ImportException Mistyped(string key, GgufType found, string expected) =>
        new($"{_file.Path} stores {key} as {found}, where {expected} is expected.");

    private readonly record struct Value(GgufType Type, long Position, GgufType ElementType, int Count);
}
