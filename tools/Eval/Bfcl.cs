using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Eval;

/// <summary>The Berkeley Function-Calling Leaderboard's files, version 4, in the reference folder.</summary>
internal static class Bfcl
{
    /// <summary>Questions that none of the tools given answers: nothing is to be called.</summary>
    public static IReadOnlyList<Question> Irrelevance(string folder, IReadOnlyList<AIFunctionDeclaration> tools) =>
        [.. Lines(folder, "BFCL_v4_irrelevance.json").Select(line => new Question("irrelevance", Messages(line), tools, Expectation.Chat))];

    /// <summary>Questions with one tool each, which answers them.</summary>
    public static IReadOnlyList<Question> Simple(string folder)
    {
        var answers = Lines(folder, "answer_BFCL_v4_simple_python.json").ToDictionary(line => line.GetProperty("id").GetString()!, line => line.GetProperty("ground_truth")[0]);
        return [.. Lines(folder, "BFCL_v4_simple_python.json").Select(line =>
        {
            var expected = answers[line.GetProperty("id").GetString()!].EnumerateObject().Single();
            return new Question("simple", Messages(line), [.. line.GetProperty("function").EnumerateArray().Select(ToTool)], Expectation.Call) { Tool = expected.Name, AreRight = said => AreAllowed(expected.Value, said) };
        })];
    }

    private static IEnumerable<JsonElement> Lines(string folder, string file) => File.ReadLines(Path.Combine(folder, file)).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement);

    private static List<ChatMessage> Messages(JsonElement line) =>
        [.. line.GetProperty("question")[0].EnumerateArray().Select(message => new ChatMessage(new ChatRole(message.GetProperty("role").GetString()!), message.GetProperty("content").GetString()))];

    // Of each argument there is a list of values that are right; an empty text among them says that it may be left out.
    private static bool AreAllowed(JsonElement allowed, JsonElement said) =>
        said.EnumerateObject().All(member => allowed.TryGetProperty(member.Name, out var values) && values.EnumerateArray().Any(value => Same(value, member.Value)))
        && allowed.EnumerateObject().All(member => said.TryGetProperty(member.Name, out _) || member.Value.EnumerateArray().Any(value => value.ValueKind == JsonValueKind.String && value.GetString() == ""));

    private static bool Same(JsonElement allowed, JsonElement said) => (allowed.ValueKind, said.ValueKind) switch
    {
        (JsonValueKind.String, JsonValueKind.String) => allowed.GetString()!.Trim().Equals(said.GetString()!.Trim(), StringComparison.OrdinalIgnoreCase),
        (JsonValueKind.Number, JsonValueKind.Number) => allowed.GetDouble() == said.GetDouble(),
        (JsonValueKind.Array, JsonValueKind.Array) => allowed.GetArrayLength() == said.GetArrayLength() && allowed.EnumerateArray().Zip(said.EnumerateArray()).All(pair => Same(pair.First, pair.Second)),
        // Its members are lists of values again.
        (JsonValueKind.Object, JsonValueKind.Object) => AreAllowed(allowed, said),
        _ => JsonElement.DeepEquals(allowed, said),
    };

    private static AIFunctionDeclaration ToTool(JsonElement function)
    {
        var schema = JsonNode.Parse(function.GetProperty("parameters").GetRawText())!;
        ToJsonSchema(schema);
        return AIFunctionFactory.CreateDeclaration(function.GetProperty("name").GetString()!, function.GetProperty("description").GetString(), JsonDocument.Parse(schema.ToJsonString()).RootElement);
    }

    // Its types are Python's.
    private static void ToJsonSchema(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array) ToJsonSchema(item);
        }
        if (node is not JsonObject schema) return;
        foreach (var word in (string[])["default", "format", "optional"]) if (schema[word] is not JsonObject) schema.Remove(word);
        if (schema["type"] is JsonValue type)
        {
            schema["type"] = type.GetValue<string>() switch { "dict" => "object", "float" or "double" => "number", "tuple" => "array", "String" => "string", "integer" or "number" or "string" or "boolean" or "array" or "object" => type.GetValue<string>(), _ => "string" };
        }
        foreach (var (_, child) in schema.ToList()) ToJsonSchema(child);
    }
}
