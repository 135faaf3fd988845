using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Appliance.Http.Mcp;

/// <summary>JSON-RPC messages as they are sent. Pure.</summary>
internal static class McpFrames
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The answer to a request.</summary>
    public static byte[] Result(JsonElement id, JsonElement result) => Message(to =>
    {
        Add(to, "id", id);
        Add(to, "result", result);
    });

    /// <summary>The error a request is answered with.</summary>
    public static byte[] Error(JsonElement id, int code, string message) => Message(to =>
    {
        Add(to, "id", id);
        to.WriteStartObject("error");
        to.WriteNumber("code", code);
        to.WriteString("message", message);
        to.WriteEndObject();
    });

    /// <summary>A request of ours, or a notification where it has no id.</summary>
    public static byte[] Ask(long? id, string method, JsonElement parameters) => Message(to =>
    {
        if (id is { } number) to.WriteNumber("id", number);
        to.WriteString("method", method);
        Add(to, "params", parameters);
    });

    /// <summary>An object of JSON.</summary>
    /// <param name="members">Writes its members.</param>
    public static byte[] Object(Action<Utf8JsonWriter> members)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var to = new Utf8JsonWriter(json, Options))
        {
            to.WriteStartObject();
            members(to);
            to.WriteEndObject();
        }
        return json.WrittenSpan.ToArray();
    }

    private static byte[] Message(Action<Utf8JsonWriter> members) => Object(to =>
    {
        to.WriteString("jsonrpc", "2.0");
        members(to);
    });

    private static void Add(Utf8JsonWriter to, string name, JsonElement value)
    {
        to.WritePropertyName(name);
        value.WriteTo(to);
    }
}
