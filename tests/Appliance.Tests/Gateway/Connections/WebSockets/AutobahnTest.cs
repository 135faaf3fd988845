using System.Buffers.Binary;
using System.Text;
using TestKit;

namespace Appliance.Tests.Gateway.Connections.WebSockets;

/// <summary>One case of the Autobahn test suite: what is sent, and what must come back.</summary>
public abstract class AutobahnTest(EchoServer server)
{
    private protected const int Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10, Normal = 1000, ProtocolError = 1002, InvalidPayload = 1007;

    private protected static readonly byte[] Hello = Encoding.UTF8.GetBytes("Hello, world!");

    private protected static byte[] Frame(int opcode, ReadOnlySpan<byte> payload, bool final = true, int reserved = 0) => RawWebSocket.Frame(opcode, payload, final, reserved);

    private protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private protected static byte[] CloseWith(int code, ReadOnlySpan<byte> reason = default)
    {
        var payload = new byte[2 + reason.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        reason.CopyTo(payload.AsSpan(2));
        return Frame(Close, payload);
    }

    private protected Task<RawWebSocket> OpenAsync() => RawWebSocket.OpenAsync(server.Address);

    /// <summary>Frames are sent; these come back, and the connection stays until the client closes it, which the server answers in kind.</summary>
    private protected async Task ComesBackAsync(byte[][] sent, (int Opcode, byte[] Payload)[] expected, int piece = int.MaxValue)
    {
        using var client = await OpenAsync();
        foreach (var frame in sent) await client.SendAsync(frame, piece);
        foreach (var frame in expected) await ExpectAsync(client, frame.Opcode, frame.Payload);
        await client.SendAsync(CloseWith(Normal));
        Assert.Equal(Normal, await CloseOnlyAsync(client));
    }

    /// <summary>Frames are sent; these come back, and then the server closes by itself with the code.</summary>
    private protected async Task FailsAsync(byte[][] sent, int code, (int Opcode, byte[] Payload)[]? before = null, int piece = int.MaxValue)
    {
        using var client = await OpenAsync();
        foreach (var frame in sent) await client.SendAsync(frame, piece);
        foreach (var frame in before ?? []) await ExpectAsync(client, frame.Opcode, frame.Payload);
        Assert.Equal(code, await CloseOnlyAsync(client, endsSending: code is ProtocolError or InvalidPayload));
    }

    /// <summary>Nothing but a close comes, and then the end; its code.</summary>
    private protected static async Task<int?> CloseOnlyAsync(RawWebSocket client, bool endsSending = false)
    {
        var frame = await client.ReadAsync();
        Assert.NotNull(frame);
        Assert.Equal(Close, frame.Value.Opcode);
        // A server that has failed the connection reads on for a moment, lest its last word be lost; one that was told to close does not.
        if (endsSending) client.EndSending();
        Assert.Null(await client.ReadAsync());
        return frame.Value.Payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(frame.Value.Payload);
    }

    private protected static async Task ExpectAsync(RawWebSocket client, int opcode, byte[] payload)
    {
        var frame = await client.ReadAsync();
        Assert.NotNull(frame);
        Assert.Equal((opcode, Convert.ToHexString(payload)), (frame.Value.Opcode, Convert.ToHexString(frame.Value.Payload)));
    }
}
