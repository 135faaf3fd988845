using System.Buffers;
using System.Text.Json;

namespace Runtime.Mcp.Protocol;

/// <summary>JSON-RPC messages as they are sent. Pure.</summary>
internal static class McpMessages
{
    /// <summary>A request.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="method">What is asked for.</param>
    /// <param name="parameters">Writes the members of its parameters; null for none.</param>
    public static byte[] Request(long id, string method, Action<Utf8JsonWriter>? parameters) => Write(to =>
    {
        to.WriteNumber("id", id);
        to.WriteString("method", method);
        Parameters(to, parameters);
    });

    /// <summary>Something that is told and not answered.</summary>
    public static byte[] Notification(string method, Action<Utf8JsonWriter>? parameters = null) => Write(to =>
    {
        to.WriteString("method", method);
        Parameters(to, parameters);
    });

    /// <summary>The answer to a request that has nothing in it.</summary>
    /// <param name="id">The request's.</param>
    public static byte[] Nothing(JsonElement id) => Write(to =>
    {
        Id(to, id);
        to.WriteStartObject("result");
        to.WriteEndObject();
    });

    /// <summary>The answer to a request for what is not offered.</summary>
    /// <param name="id">The request's.</param>
    public static byte[] NotOffered(JsonElement id) => Write(to =>
    {
        Id(to, id);
        to.WriteStartObject("error");
        to.WriteNumber("code", -32601);
        to.WriteString("message", "Method not found");
        to.WriteEndObject();
    });

    private static void Id(Utf8JsonWriter to, JsonElement id)
    {
        to.WritePropertyName("id");
        id.WriteTo(to);
    }

    private static void Parameters(Utf8JsonWriter to, Action<Utf8JsonWriter>? parameters)
    {
        if (parameters is null) return;
        to.WriteStartObject("params");
        parameters(to);
        to.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var to = new Utf8JsonWriter(json))
        {
            to.WriteStartObject();
            to.WriteString("jsonrpc", "2.0");
            members(to);
            to.WriteEndObject();
        }
        return json.WrittenSpan.ToArray();
    }
}
