using System.Text.Json;

namespace Runtime.Browser.Cdp;

/// <summary>Reading what the browser sent, with care. Pure.</summary>
internal static class CdpJson
{
    /// <summary>A member that is a text, or null.</summary>
    public static string? Text(this JsonElement of, string name) => of.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A member that is a whole number, or null.</summary>
    public static int? Number(this JsonElement of, string name) => of.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    /// <summary>The members of an array; none where it is none.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement of, string name) => of.Member(name) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : Enumerable.Empty<JsonElement>();

    /// <summary>A member, or null.</summary>
    public static JsonElement? Member(this JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : null;

    /// <summary>The text in <c>{"value": …}</c>, as the accessibility tree has it, or null.</summary>
    public static string? Value(this JsonElement of, string name) => of.Member(name)?.Member("value") switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } other => other.GetRawText(),
        _ => null,
    };
}
