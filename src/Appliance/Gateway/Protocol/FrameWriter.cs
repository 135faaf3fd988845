using System.Buffers;

namespace Appliance.Gateway.Protocol;

/// <summary>Responses and events to the bytes of a text frame. Pure; safe for several threads.</summary>
internal static class FrameWriter
{
    /// <summary>An object as JSON, to be used as a payload.</summary>
    public static byte[] Payload(IPayload value) => Write(256, to => to.Object(value));

    /// <summary>A list of objects as JSON, to be used as a payload.</summary>
    public static byte[] Payload(IReadOnlyList<IPayload> values) => Write(256, to => to.List(values));

    /// <summary>A request.</summary>
    public static byte[] Request(string id, string method, ReadOnlyMemory<byte> parameters) =>
        Write(parameters.Length + 128, to => to.Begin().Add("type", "req").Add("id", id).Add("method", method).Raw("params", parameters.Span).End());

    /// <summary>An object, field by field, as JSON, to be used as a payload.</summary>
    public static byte[] Payload(Action<PayloadWriter> write) => Write(256, to =>
    {
        write(to.Begin());
        to.End();
    });

    /// <summary>A response that says yes.</summary>
    public static byte[] Ok(string id, byte[] payload) => Write(payload.Length + 128, to => to.Begin().Add("type", "res").Add("id", id).Add("ok", true).Raw("payload", payload).End());

    /// <summary>A response that says no.</summary>
    public static byte[] Error(string id, GatewayException fault) =>
        Write(256, to => to.Begin().Add("type", "res").Add("id", id).Add("ok", false).Add("error", ErrorShape.From(fault)).End());

    /// <summary>An event, whole except for its number: events go to many clients, each with a count of its own.</summary>
    public static EventFrame Event(string name, byte[] payload, StateVersion? version = null) =>
        new(Write(payload.Length + 128, to => to.Begin().Add("type", "event").Add("event", name).Raw("payload", payload).Add("stateVersion", version)));

    /// <summary>Fields as a JSON object, to be used as a request's parameters.</summary>
    public static byte[] Object(Action<PayloadWriter>? write) => Write(256, to =>
    {
        to.Begin();
        write?.Invoke(to);
        to.End();
    });

    private static byte[] Write(int size, Action<PayloadWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(size);
        using (var to = new PayloadWriter(buffer)) write(to);
        return buffer.WrittenSpan.ToArray();
    }
}
