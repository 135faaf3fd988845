using System.Text.Json.Nodes;

namespace Appliance.Config;

/// <summary>One node of the schema. Immutable.</summary>
internal sealed class SettingSchema(JsonObject node)
{
    /// <summary><c>hot</c> where a part hears of a change while the server runs, else <c>restart</c>.</summary>
    public const string Reload = "x-reload";

    /// <summary>An environment variable that set it before the names followed a rule.</summary>
    public const string OlderVariable = "x-variable";

    /// <summary>True where it is a secret by reference.</summary>
    public const string Secret = "x-secret";

    /// <summary>As it stands.</summary>
    public JsonObject Node => node;

    /// <summary>What it does, or null.</summary>
    public string? Description => (string?)node["description"];

    /// <summary>The rule a text follows, or null.</summary>
    public string? Format => (string?)node["format"];

    /// <summary>The older variable, or null.</summary>
    public string? Variable => (string?)node[OlderVariable];

    /// <summary>True for a secret.</summary>
    public bool IsSecret => node.ContainsKey(Secret);

    /// <summary>True where a change is heard of without a restart.</summary>
    public bool IsHot => (string?)node[Reload] == "hot";

    /// <summary>The settings in it, in their order.</summary>
    public IEnumerable<(string Name, SettingSchema Schema)> Properties =>
        node["properties"] is JsonObject properties ? properties.Where(p => p.Key != "$schema").Select(p => (p.Key, new SettingSchema(p.Value!.AsObject()))) : [];

    /// <summary>What a table's entries are, or null where it is none.</summary>
    public SettingSchema? Entry => node["additionalProperties"] is JsonObject entry ? new(entry) : null;

    /// <summary>What a list's items are, or null where it is none.</summary>
    public SettingSchema? Item => node["items"] is JsonObject item ? new(item) : null;

    /// <summary>Names that must be there where the object is.</summary>
    public IEnumerable<string> Required => (node["required"] as JsonArray)?.Select(name => (string)name!) ?? [];

    /// <summary>Words of which it must be one, or null.</summary>
    public IEnumerable<string>? Words => (node["enum"] as JsonArray)?.Select(word => (string?)word ?? "");

    /// <summary>Least and most of a number.</summary>
    public (double Least, double Most) Range => ((double?)node["minimum"] ?? double.NegativeInfinity, (double?)node["maximum"] ?? double.PositiveInfinity);

    /// <summary>True where it may be of a JSON type.</summary>
    public bool Is(string type) => node["type"] switch
    {
        JsonValue value => (string?)value == type,
        JsonArray types => types.Any(t => (string?)t == type),
        _ => true,
    };

    /// <summary>Its JSON type in words, null aside.</summary>
    public string TypeName => node["type"] switch
    {
        JsonValue value => (string?)value,
        JsonArray types => string.Join(" or ", types.Select(t => (string?)t).Where(t => t != "null")),
        _ => null,
    } ?? "value";

    /// <summary>The setting of that name or place, or null.</summary>
    public SettingSchema? Inside(string step) =>
        node["properties"]?[step] is JsonObject property ? new(property) : Entry ?? (step == "*" || step.All(char.IsAsciiDigit) ? Item : null);
}
