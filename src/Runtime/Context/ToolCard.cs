using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Runtime.Tools;

namespace Runtime.Context;

/// <summary>
/// What a model is told of a tool: of a long description its first sentence, of a large schema the parts that bind. Tools of this box are
/// short as they are; those of others may bring pages. Pure.
/// </summary>
internal static class ToolCard
{
    private const int LongestDescription = 160, LongestHint = 60, SmallSchema = 600;

    // Keywords that say nothing about what is valid.
    private static readonly string[] Talk = ["$schema", "$id", "$comment", "title", "examples", "default", "deprecated", "readOnly", "writeOnly"];

    /// <summary>The card of a tool; the tool itself where it is one already.</summary>
    public static AITool Of(Tool tool)
    {
        var schema = tool.JsonSchema.GetRawText();
        if (tool.Description.Length <= LongestDescription && schema.Length <= SmallSchema) return tool;
        var node = JsonNode.Parse(schema)!;
        Shorten(node, isName: false);
        return AIFunctionFactory.CreateDeclaration(tool.Name, FirstSentence(tool.Description), JsonElement.Parse(node.ToJsonString()));
    }

    /// <summary>About what a model is told of it, for counting.</summary>
    public static string Text(AITool tool) =>
        $$$"""{"type":"function","function":{"name":"{{{tool.Name}}}","description":"{{{tool.Description}}}","parameters":{{{(tool as AIFunctionDeclaration)?.JsonSchema.GetRawText()}}}}}""";

    private static void Shorten(JsonNode? node, bool isName)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array) Shorten(item, isName: false);
        }
        if (node is not JsonObject schema) return;
        // The members of "properties" are names of arguments, whatever they are called.
        if (!isName)
        {
            foreach (var word in Talk) schema.Remove(word);
            if (schema["description"] is JsonValue value && value.TryGetValue<string>(out var text)) schema["description"] = Bounded.Begin(FirstSentence(text), LongestHint);
        }
        foreach (var (name, child) in schema.ToList())
            if (name is not ("enum" or "const")) Shorten(child, isName: !isName && name is "properties" or "$defs" or "definitions");
    }

    private static string FirstSentence(string text)
    {
        var line = text.Trim().ReplaceLineEndings(" ");
        var end = line.IndexOf(". ", StringComparison.Ordinal);
        return Bounded.Begin(end > 0 ? line[..(end + 1)] : line, LongestDescription);
    }
}
