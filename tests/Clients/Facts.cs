using System.Text.Json;
using System.Text.Json.Nodes;

namespace Clients;

/// <summary>Compares what OpenClaw's program printed with what our gateway says.</summary>
internal static class Facts
{
    // What the clock makes of the same fact, whenever it is asked for.
    private static readonly HashSet<string> OfTheMoment = ["ts", "durationMs", "age", "ageMs", "snapshotAt", "generatedAt", "updatedAt", "lastInputSeconds", "uptimeMs", "nextWakeAtMs"];

    /// <summary>All of ours, and nothing else.</summary>
    public static void Same(JsonElement ours, JsonElement theirs) => Assert.Equal(Plain(ours).ToJsonString(), Plain(theirs).ToJsonString());

    /// <summary>The same of some fields of an object.</summary>
    public static void Same(JsonElement ours, JsonElement theirs, params ReadOnlySpan<string> names)
    {
        foreach (var name in names) Same(ours.GetProperty(name), theirs.GetProperty(name));
    }

    /// <summary>A text of each item, in order.</summary>
    public static string?[] Each(JsonElement list, string name) => [.. list.EnumerateArray().Select(item => item.TryGetProperty(name, out var value) ? value.GetString() : null)];

    private static JsonNode Plain(JsonElement value) => value.ValueKind switch
    {
        // The order of fields is nobody's fact.
        JsonValueKind.Object => new JsonObject(value.EnumerateObject().Where(p => !OfTheMoment.Contains(p.Name)).OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Name, (JsonNode?)Plain(p.Value)))),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(item => Plain(item))]),
        JsonValueKind.Null => JsonValue.Create("null"),
        _ => JsonNode.Parse(value.GetRawText())!,
    };
}
