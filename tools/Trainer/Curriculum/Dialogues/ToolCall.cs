using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Trainer.Curriculum.Dialogues;

/// <summary>A call of a tool.</summary>
/// <param name="Tool">Its name.</param>
/// <param name="Arguments">The arguments in the schema's order; a value is text, or JSON where <c>IsJson</c> is set.</param>
internal sealed record ToolCall(string Tool, IReadOnlyList<(string Name, string Value, bool IsJson)> Arguments)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The call as Hermes' format has it, between its tags.</summary>
    public string ToHermes() => $$"""{"name": "{{Tool}}", "arguments": {{ArgumentsJson()}}}""";

    /// <summary>The arguments alone.</summary>
    public string ArgumentsJson()
    {
        var text = new StringBuilder("{");
        foreach (var (name, value, isJson) in Arguments)
            text.Append(text.Length > 1 ? ", " : "").Append('"').Append(name).Append("\": ").Append(isJson ? value : JsonSerializer.Serialize(value, Plain));
        return text.Append('}').ToString();
    }
}
