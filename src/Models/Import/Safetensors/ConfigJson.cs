using System.Text.Json;

namespace Models.Import.Safetensors;

/// <summary>A JSON object of a model folder, read with errors that name the file and the key.</summary>
internal sealed class ConfigJson
{
    private const int LargestFile = 16 << 20;

    private readonly JsonElement _object;
    private readonly string _path;

    private ConfigJson(JsonElement element, string path) => (_object, _path) = (element, path);

    /// <summary>Reads a file.</summary>
    /// <exception cref="ImportException">It is missing, too large, or not a JSON object.</exception>
    public static ConfigJson Read(string path)
    {
        var element = ReadElement(path);
        return element.ValueKind == JsonValueKind.Object ? new ConfigJson(element, path) : throw new ImportException($"{path} is not a JSON object.");
    }

    /// <summary>Reads a file that holds a list of objects.</summary>
    /// <exception cref="ImportException">It is missing, too large, or not a list of JSON objects.</exception>
    public static IReadOnlyList<ConfigJson> ReadList(string path)
    {
        var element = ReadElement(path);
        if (element.ValueKind != JsonValueKind.Array || element.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
            throw new ImportException($"{path} is not a list of JSON objects.");
        return [.. element.EnumerateArray().Select(item => new ConfigJson(item, path))];
    }

    /// <summary>The keys and their values, which must be strings.</summary>
    public IReadOnlyList<(string Key, string Value)> Strings()
    {
        var strings = new List<(string, string)>();
        foreach (var property in _object.EnumerateObject())
        {
            var key = Text(() => property.Name);
            strings.Add((key, property.Value.ValueKind == JsonValueKind.String ? Text(property.Value.GetString) : throw Mistyped(key, property.Value, "a string")));
        }
        return strings;
    }

    /// <summary>True where the key is there and not null.</summary>
    public bool Has(string key) => Find(key) is not null;

    public int? FindInt32(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) => number,
        var value => throw Mistyped(key, value.Value, "an integer"),
    };

    public int Int32(string key) => FindInt32(key) ?? throw new ImportException($"{_path} lacks {key}.");

    public double? FindNumber(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out var number) => number,
        var value => throw Mistyped(key, value.Value, "a number"),
    };

    public double Number(string key) => FindNumber(key) ?? throw new ImportException($"{_path} lacks {key}.");

    public bool? FindBool(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        var value => throw Mistyped(key, value.Value, "true or false"),
    };

    public string? FindString(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => Text(value.GetString),
        var value => throw Mistyped(key, value.Value, "a string"),
    };

    public ConfigJson? FindObject(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new ConfigJson(value, _path),
        var value => throw Mistyped(key, value.Value, "an object"),
    };

    /// <summary>One number or a list of them; empty where the key is absent.</summary>
    public IReadOnlyList<double> Numbers(string key) => Find(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Number } => [Number(key)],
        { ValueKind: JsonValueKind.Array } value when value.EnumerateArray().All(n => n.ValueKind == JsonValueKind.Number) =>
            [.. value.EnumerateArray().Select(n => n.GetDouble())],
        var value => throw Mistyped(key, value.Value, "a list of numbers"),
    };

    /// <summary>A list of strings; empty where the key is absent.</summary>
    public IReadOnlyList<string> Strings(string key) => Find(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } value when value.EnumerateArray().All(s => s.ValueKind == JsonValueKind.String) =>
            [.. value.EnumerateArray().Select(s => Text(s.GetString))],
        var value => throw Mistyped(key, value.Value, "a list of strings"),
    };

    /// <summary>How many members an object has; 0 where the key is absent.</summary>
    public int CountMembers(string key) => Find(key) is { ValueKind: JsonValueKind.Object } value ? value.EnumerateObject().Count() : 0;

    private JsonElement? Find(string key) => _object.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonElement ReadElement(string path)
    {
        try
        {
            if (new FileInfo(path).Length > LargestFile) throw new ImportException($"{path} is larger than {LargestFile >> 20} MiB, which no such file is.");
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new ImportException($"Cannot read {path}: {e.Message}", e);
        }
    }

    // A string is only decoded when it is read, and may turn out to be no text.
    private string Text(Func<string?> read)
    {
        try
        {
            return read() ?? "";
        }
        catch (InvalidOperationException e)
        {
            throw new ImportException($"{_path} holds a string that is not valid UTF-8.", e);
        }
    }

    private ImportException Mistyped(string key, JsonElement found, string expected) =>
        new($"{_path} states {key} as {found.ValueKind}, where {expected} is expected.");
}
