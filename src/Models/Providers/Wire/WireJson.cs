using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Models.Providers.Wire;

/// <summary>Careful reading and common writing of JSON: what others send is as it is. Pure.</summary>
internal static class WireJson
{
    /// <summary>Text as itself: it is never put into HTML.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A member, whatever it is; undefined where there is none or this is no object.</summary>
    public static JsonElement Get(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A text, or null.</summary>
    public static string? Text(this JsonElement element, string name) => element.Get(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A whole number, or null.</summary>
    public static long? Number(this JsonElement element, string name) => element.Get(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : null;

    /// <summary>What is in an array; nothing where it is none.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name)
    {
        if (element.Get(name) is not { ValueKind: JsonValueKind.Array } array) yield break;
        foreach (var item in array.EnumerateArray()) yield return item;
    }

    /// <summary>An error as all wires have it: an object or a text under <c>error</c>; null where there is none.</summary>
    public static WireFault? Fault(JsonElement root) => root.Get("error") switch
    {
        { ValueKind: JsonValueKind.String } text => new WireFault("", text.GetString()!),
        { ValueKind: JsonValueKind.Object } error => new WireFault(error.Text("code") ?? error.Text("type") ?? "", error.Text("message") ?? ""),
        _ => null,
    };

    /// <summary>A number, or null where it is what holds anyway.</summary>
    public static float? Unless(float? value, float usual) => value == usual ? null : value;

    /// <summary>Writes a number where it is set.</summary>
    public static void Write(this Utf8JsonWriter json, string name, float? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
    }

    /// <summary>Writes a number where it is set.</summary>
    public static void Write(this Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
    }

    /// <summary>Writes texts where there are any.</summary>
    public static void Write(this Utf8JsonWriter json, string name, IList<string>? texts)
    {
        if (texts is not { Count: > 0 }) return;
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>Writes a JSON document as it is.</summary>
    public static void Write(this Utf8JsonWriter json, string name, JsonElement element)
    {
        json.WritePropertyName(name);
        element.WriteTo(json);
    }

    /// <summary>The arguments of a call as a JSON document.</summary>
    public static string Arguments(FunctionCallContent call)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>())
            {
                json.WritePropertyName(name);
                switch (value)
                {
                    case null: json.WriteNullValue(); break;
                    case JsonElement element: element.WriteTo(json); break;
                    case bool flag: json.WriteBooleanValue(flag); break;
                    case int or long: json.WriteNumberValue(Convert.ToInt64(value)); break;
                    case double number: json.WriteNumberValue(number); break;
                    default: json.WriteStringValue(value.ToString()); break;
                }
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>What a tool answered, as text.</summary>
    public static string Result(FunctionResultContent result) => result.Result switch { null => "", string text => text, JsonElement json => json.ToString(), var other => other.ToString() ?? "" };

    /// <summary>The tools that are told of.</summary>
    public static IReadOnlyList<AIFunctionDeclaration> Tools(ChatOptions options) => options.ToolMode is NoneChatToolMode ? [] : [.. options.Tools?.OfType<AIFunctionDeclaration>() ?? []];

    /// <summary>The conversation, what it is told before anything else first.</summary>
    public static IEnumerable<ChatMessage> All(IReadOnlyList<ChatMessage> messages, ChatOptions options) =>
        options.Instructions is { Length: > 0 } instructions ? messages.Prepend(new ChatMessage(ChatRole.System, instructions)) : messages;

    /// <summary>Text of a message's own.</summary>
    public static string TextOf(ChatMessage message) => string.Concat(message.Contents.OfType<TextContent>().Select(t => t.Text));

    /// <summary>Writes the member <c>tools</c> as OpenAI has it, and Ollama after it. False where there are none, and nothing is written.</summary>
    public static bool WriteTools(Utf8JsonWriter json, ChatOptions options)
    {
        var tools = Tools(options);
        if (tools.Count == 0) return false;
        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", tool.Name);
            json.WriteString("description", tool.Description);
            json.Write("parameters", tool.JsonSchema);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return true;
    }
}
