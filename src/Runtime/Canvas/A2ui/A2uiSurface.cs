using System.Globalization;
using System.Text.Json.Nodes;

namespace Runtime.Canvas.A2ui;

/// <summary>One surface of a document: its components by their ids, its data, and where it begins.</summary>
internal sealed class A2uiSurface(string id)
{
    /// <summary>Its id.</summary>
    public string Id { get; } = id;

    /// <summary>Its components.</summary>
    public Dictionary<string, A2uiComponent> Components { get; } = new(StringComparer.Ordinal);

    /// <summary>Its data.</summary>
    public JsonObject Data { get; } = [];

    /// <summary>The id of the component at the top; null where it is not shown.</summary>
    public string? Root { get; set; }

    /// <summary>Its messages.</summary>
    public IEnumerable<JsonObject> ToLines()
    {
        var components = Components.Select(c => (JsonNode)new JsonObject { ["id"] = c.Key, ["component"] = new JsonObject { [c.Value.Type] = c.Value.Properties.DeepClone() } });
        yield return new JsonObject { ["surfaceUpdate"] = new JsonObject { ["surfaceId"] = Id, ["components"] = new JsonArray([.. components]) } };
        if (Data.Count > 0) yield return new JsonObject { ["dataModelUpdate"] = new JsonObject { ["surfaceId"] = Id, ["contents"] = Contents(Data) } };
        yield return new JsonObject { ["beginRendering"] = new JsonObject { ["surfaceId"] = Id, ["root"] = Root } };
    }

    /// <summary>What a value is: itself, or the data at its path.</summary>
    /// <param name="value">The value, as a component has it.</param>
    /// <param name="item">What relative paths begin in: an item of a list.</param>
    public string Resolve(JsonNode? value, JsonNode? item)
    {
        if (value is not JsonObject bound) return "";
        foreach (var literal in (string[])["literalString", "literalNumber", "literalBoolean"])
        {
            if (bound[literal] is { } given) return Text(given);
        }
        return bound["path"] is { } path ? Text(Find((string)path!, item)) : "";
    }

    /// <summary>The data at a path, or null.</summary>
    public JsonNode? Find(string path, JsonNode? item)
    {
        var at = path.StartsWith('/') || item is null ? Data : item;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries)) at = (at as JsonObject)?[part];
        return at;
    }

    private static string Text(JsonNode? node) => node is not JsonValue value ? ""
        : value.TryGetValue<string>(out var text) ? text : value.TryGetValue<double>(out var number) ? number.ToString(CultureInfo.InvariantCulture) : value.ToString();

    private static JsonArray Contents(JsonObject data) => new([.. data.Select(entry => (JsonNode)new JsonObject
    {
        ["key"] = entry.Key,
        [entry.Value switch { JsonObject => "valueMap", JsonValue v when v.TryGetValue<bool>(out _) => "valueBoolean", JsonValue v when v.TryGetValue<double>(out _) => "valueNumber", _ => "valueString" }] =
            entry.Value is JsonObject inner ? Contents(inner) : entry.Value?.DeepClone() ?? "",
    })]);
}
