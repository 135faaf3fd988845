using System.Text.Json;

namespace Runtime.Tools;

/// <summary>The arguments of a call, read with care: a model, or a client, may have sent anything. Names it does not know are ignored.</summary>
public sealed class ToolArguments
{
    private readonly JsonElement _object;

    /// <summary>The arguments in a JSON object.</summary>
    /// <exception cref="ToolException">It is none.</exception>
    public ToolArguments(JsonElement arguments)
    {
        if (arguments.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) arguments = JsonElement.Parse("{}");
        if (arguments.ValueKind != JsonValueKind.Object) throw new ToolException("The arguments must be a JSON object.");
        _object = arguments;
    }

    /// <summary>As they came.</summary>
    public JsonElement Json => _object;

    /// <summary>The arguments in a text of JSON.</summary>
    /// <exception cref="ToolException">It is none, or holds half a character.</exception>
    public static ToolArguments Parse(string json)
    {
        try { return new ToolArguments(JsonElement.Parse(string.IsNullOrWhiteSpace(json) ? "{}" : json)); }
        catch (JsonException e) { throw new ToolException($"The arguments are not JSON: {e.Message}", e); }
    }

    /// <summary>A text that must be there and not be empty.</summary>
    public string Text(string name) => OptionalText(name) is { Length: > 0 } text ? text : throw new ToolException($"The argument {name} is missing.");

    /// <summary>A text that must be there and may be empty.</summary>
    public string AnyText(string name) => OptionalText(name) ?? throw new ToolException($"The argument {name} is missing.");

    /// <summary>A text, or null.</summary>
    public string? OptionalText(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => Whole(name, value),
        { ValueKind: JsonValueKind.Number } value => value.GetRawText(),
        _ => throw new ToolException($"The argument {name} must be a string."),
    };

    /// <summary>A whole number between bounds, or null. What lies beyond a bound becomes the bound.</summary>
    public int? OptionalNumber(string name, int least, int most)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String && double.TryParse(Whole(name, value), out var written)) return Bound(written);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)) return Bound(number);
        throw new ToolException($"The argument {name} must be a whole number.");

        int Bound(double n) => double.IsNaN(n) ? least : (int)Math.Clamp(n, least, most);
    }

    /// <summary>A flag, or null.</summary>
    public bool? OptionalFlag(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw new ToolException($"The argument {name} must be true or false."),
    };

    /// <summary>Texts, the first of them where they are many; none where the argument is not there.</summary>
    public IReadOnlyList<string> OptionalTexts(string name, int most)
    {
        if (Find(name) is not { } value) return [];
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String)) throw new ToolException($"The argument {name} must be an array of texts.");
        return [.. value.EnumerateArray().Take(most).Select(item => Whole(name, item))];
    }

    private JsonElement? Find(string name) => _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Whole(string name, JsonElement value)
    {
        try { return value.GetString()!; }
        catch (InvalidOperationException e) { throw new ToolException($"The argument {name} is not valid Unicode.", e); }
    }
}
