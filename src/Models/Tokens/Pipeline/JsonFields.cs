using System.Text.Json;

namespace Models.Tokens.Pipeline;

/// <summary>Reads the small objects of a <c>tokenizer.json</c>, with errors that name the field.</summary>
internal static class JsonFields
{
    /// <summary>The <c>type</c> of a component.</summary>
    public static string Kind(this JsonElement component) => component.Text("type");

    /// <summary>A field that must be a string.</summary>
    public static string Text(this JsonElement component, string name) =>
        component.Field(name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Malformed(name, "a string");

    /// <summary>A field that must be true or false, or is absent or null.</summary>
    public static bool? Flag(this JsonElement component, string name) => component.Field(name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Malformed(name, "true or false"),
    };

    /// <summary>A field that must be a whole number that is not negative, or is absent.</summary>
    public static int? Number(this JsonElement component, string name) => component.Field(name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) && number >= 0 => number,
        _ => throw Malformed(name, "a whole number"),
    };

    /// <summary>The elements of a field that must be an array.</summary>
    public static JsonElement.ArrayEnumerator Items(this JsonElement component, string name) =>
        component.Field(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : throw Malformed(name, "an array");

    /// <summary>A field, or null where the object lacks it.</summary>
    public static JsonElement? Field(this JsonElement component, string name) => component.ValueKind switch
    {
        JsonValueKind.Object => component.TryGetProperty(name, out var value) ? value : null,
        _ => throw Malformed(name, "inside an object"),
    };

    /// <summary>The error of a field that is not what it must be.</summary>
    public static TokenizerException Malformed(string name, string expected) =>
        new($"The tokenizer is malformed: '{name}' must be {expected}. Fetch the model again.");

    /// <summary>The error of a component this reader does not know.</summary>
    public static TokenizerException Unknown(string what, string kind) =>
        new($"The tokenizer uses the {what} '{kind}', which is not supported. Use a model with a BPE or WordPiece tokenizer of a known family.");
}
