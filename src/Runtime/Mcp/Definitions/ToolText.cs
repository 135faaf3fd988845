using System.Text.Json;
using System.Text.Json.Nodes;
using Models.Generation.Grammar;
using Runtime.Context;
using Runtime.Tools;

namespace Runtime.Mcp.Definitions;

/// <summary>
/// What a model is told of a tool that somebody else described: cut, on one line, without invisible characters and the marks of chat templates,
/// and with no words but where words belong. What arguments may be called and say is bounded, for a name can carry a sentence too. Pure.
/// </summary>
internal static class ToolText
{
    private const int LongestDescription = 300, LongestHint = 120, LongestWord = 100, LongestName = 64;

    // All that is kept of a schema: what says which values are valid.
    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal)
    {
        "type", "properties", "required", "items", "prefixItems", "enum", "const", "anyOf", "oneOf", "allOf", "additionalProperties", "description", "format", "pattern",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "$ref", "$defs", "definitions",
    };

    /// <summary>A description.</summary>
    public static string Description(string server, string text) => $"[{server}] {Clean(text, LongestDescription)}";

    /// <summary>A schema that a model's answers can be held to; null where the tool cannot be offered.</summary>
    public static string? Schema(string schema)
    {
        if (JsonNode.Parse(schema) is not JsonObject root || !Clean(root, 0)) return null;
        root["type"] = "object";
        if (IsUsable(root)) return root.ToJsonString();
        // What the grammar does not know would fail each answer: then the names and plain types alone.
        if (root["properties"] is not JsonObject properties) return """{"type":"object"}""";
        var plain = new JsonObject();
        foreach (var (name, inner) in properties)
            plain[name] = (inner as JsonObject)?["type"] is JsonValue type && type.TryGetValue(out string? word) && word is "string" or "number" or "integer" or "boolean" ? new JsonObject { ["type"] = type.DeepClone() } : new JsonObject();
        var rest = new JsonObject { ["type"] = "object", ["properties"] = plain };
        if (root["required"] is JsonArray required) rest["required"] = required.DeepClone();
        return IsUsable(rest) ? rest.ToJsonString() : null;
    }

    private static bool IsUsable(JsonObject schema)
    {
        try
        {
            GrammarCompiler.FromJsonSchema(JsonElement.Parse(schema.ToJsonString()));
            return true;
        }
        catch (GrammarException)
        {
            return false;
        }
    }

    private static string Clean(string text, int most) => Bounded.Begin(DataText.Neutral(text).ReplaceLineEndings(" ").Replace('\t', ' ').Trim(), most);

    // False where an argument has a name that none would have.
    private static bool Clean(JsonObject schema, int depth)
    {
        if (depth > 16) return false;
        foreach (var (word, value) in schema.ToList())
        {
            if (!Kept.Contains(word)) schema.Remove(word);
            else if (word == "description") schema[word] = value is JsonValue text && text.TryGetValue(out string? hint) ? Clean(hint, LongestHint) : null;
            else if (word is "enum" or "const") { if (!IsPlain(value)) schema.Remove(word); }
            else if (word is "properties" or "$defs" or "definitions")
            {
                foreach (var (name, inner) in value as JsonObject ?? [])
                {
                    if (!IsName(name)) return false;
                    if (inner is JsonObject one && !Clean(one, depth + 1)) return false;
                }
            }
            else if (word == "required") { if (value is JsonArray names && !names.All(n => n is JsonValue v && v.TryGetValue(out string? name) && IsName(name))) return false; }
            else if (value is JsonObject one) { if (!Clean(one, depth + 1)) return false; }
            else if (value is JsonArray many && !many.OfType<JsonObject>().All(one => Clean(one, depth + 1))) return false;
        }
        if (schema.TryGetPropertyValue("description", out var left) && left is null) schema.Remove("description");
        return true;
    }

    // Words to choose from, not sentences to obey.
    private static bool IsPlain(JsonNode? value) => value switch
    {
        JsonArray many => many.Count <= 200 && many.All(IsPlain),
        JsonValue one when one.TryGetValue(out string? text) => text.Length <= LongestWord && !text.Contains('\n') && DataText.Neutral(text) == text,
        JsonObject => false,
        _ => true,
    };

    private static bool IsName(string name) => name.Length is > 0 and <= LongestName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '$' or '@');
}
