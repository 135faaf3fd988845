using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Appliance.Gateway.Protocol;

/// <summary>Responses and events to the bytes of a text frame. Pure; safe for several threads.</summary>
internal static class FrameWriter
{
    // Text stays readable and short on the wire; nothing here is put into HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A value as JSON, to be used as a payload.</summary>
    public static byte[] Payload<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer, Options);
        JsonSerializer.Serialize(writer, value, type);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A response that says yes.</summary>
    public static byte[] Ok(string id, ReadOnlySpan<byte> payload)
    {
        var buffer = new ArrayBufferWriter<byte>(payload.Length + id.Length + 64);
        using var writer = new Utf8JsonWriter(buffer, Options);
        BeginResponse(writer, id, true);
        writer.WritePropertyName("payload"u8);
        writer.WriteRawValue(payload, skipInputValidation: true);
        return End(writer, buffer);
    }

    /// <summary>A response that says no.</summary>
    public static byte[] Error(string id, GatewayException fault)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer, Options);
        BeginResponse(writer, id, false);
        writer.WritePropertyName("error"u8);
        JsonSerializer.Serialize(writer, ErrorShape.From(fault), ProtocolJson.Default.ErrorShape);
        return End(writer, buffer);
    }

    /// <summary>An event, whole except for its number: events go to many clients, each with a count of its own.</summary>
    public static EventFrame Event(string name, ReadOnlySpan<byte> payload, StateVersion? version = null)
    {
        var buffer = new ArrayBufferWriter<byte>(payload.Length + 96);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "event"u8);
        writer.WriteString("event"u8, name);
        writer.WritePropertyName("payload"u8);
        writer.WriteRawValue(payload, skipInputValidation: true);
        if (version is not null)
        {
            writer.WritePropertyName("stateVersion"u8);
            JsonSerializer.Serialize(writer, version, ProtocolJson.Default.StateVersion);
        }
        writer.Flush();
        return new EventFrame(buffer.WrittenSpan.ToArray());
    }

    private static void BeginResponse(Utf8JsonWriter writer, string id, bool ok)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "res"u8);
        writer.WriteString("id"u8, id);
        writer.WriteBoolean("ok"u8, ok);
    }

    private static byte[] End(Utf8JsonWriter writer, ArrayBufferWriter<byte> buffer)
    {
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
