using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Appliance.Http;

/// <summary>Writes JSON answers, whole or as a stream.</summary>
internal static class JsonAnswer
{
    /// <summary>Content type of server-sent events (WHATWG HTML, section 9.2).</summary>
    public const string EventStream = "text/event-stream";

    /// <summary>Content type of one JSON value per line.</summary>
    public const string Lines = "application/x-ndjson";

    /// <summary>Sends one JSON value as the whole answer.</summary>
    public static async Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }

    /// <summary>Begins a streamed answer; what goes wrong from here on is told inside the stream.</summary>
    public static async Task BeginStreamAsync(HttpContext context, string contentType)
    {
        context.Response.ContentType = contentType;
        context.Response.Headers.CacheControl = "no-cache";
        await context.Response.StartAsync();
    }

    /// <summary>Sends one value of a stream at once, framed as its content type asks for.</summary>
    /// <param name="context">The request.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">How to write it.</param>
    /// <param name="name">Name of the event; null on wires whose events have none.</param>
    public static async Task WriteToStreamAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type, string? name = null)
    {
        var frame = new ArrayBufferWriter<byte>();
        var events = context.Response.ContentType == EventStream;
        if (events && name is not null) frame.Write(Encoding.UTF8.GetBytes($"event: {name}\n"));
        if (events) frame.Write("data: "u8);
        frame.Write(JsonSerializer.SerializeToUtf8Bytes(value, type));
        frame.Write(events ? "\n\n"u8 : "\n"u8);
        // Through the stream: the body's pipe has no room to give where the client has just gone, and writing into none is a fault.
        await context.Response.Body.WriteAsync(frame.WrittenMemory, context.RequestAborted);
    }

    /// <summary>Ends OpenAI's event stream.</summary>
    public static async Task EndEventsAsync(HttpContext context) =>
        await context.Response.Body.WriteAsync("data: [DONE]\n\n"u8.ToArray(), context.RequestAborted);
}
