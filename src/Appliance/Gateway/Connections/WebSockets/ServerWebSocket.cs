using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text.Unicode;

namespace Appliance.Gateway.Connections.WebSockets;

/// <summary>
/// A WebSocket, the server's side (RFC 6455), over the bytes of a connection. One reader at a time; whoever sends never waits. It holds no
/// buffer while nothing comes and nothing goes: an idle one is this object and a read that waits (docs/adr/0007).
/// </summary>
/// <param name="stream">The connection's bytes, both ways.</param>
/// <param name="abort">Ends the connection at once.</param>
/// <param name="mostWaiting">Most bytes of messages that may wait to be sent; with more it is given up.</param>
/// <param name="time">The clock.</param>
internal sealed partial class ServerWebSocket(Stream stream, Action abort, int mostWaiting, TimeProvider time) : IDisposable
{
    private const int ReadBytes = 4096;

    private byte[]? _buffer;
    private int _start;
    private int _end;

    /// <summary>The next whole message; pings are answered on the way. Its user disposes it.</summary>
    /// <param name="mostBytes">The longest message; a longer one closes the connection before it has come.</param>
    /// <param name="tooLong">What it is closed with then.</param>
    /// <returns>Null when there will be no more, whoever has ended it.</returns>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<IncomingMessage?> ReceiveAsync(int mostBytes, WebSocketCloseStatus tooLong)
    {
        IncomingMessage? message = null;
        try
        {
            while (true)
            {
                int size;
                FrameHeader header;
                while ((size = FrameHeader.Read(Buffered, out header)) == 0)
                {
                    if (_start == _end)
                    {
                        // An empty read waits without holding a buffer; whether it ended because all has, the next one tells.
                        ReleaseBuffer();
#pragma warning disable CA2022
                        await stream.ReadAsync(Memory<byte>.Empty);
#pragma warning restore CA2022
                    }
                    var read = await stream.ReadAsync(Free());
                    if (read == 0) return null;
                    Came(read);
                }
                _start += size;
                if (header.IsControl)
                {
                    while (_end - _start < header.Length)
                    {
                        var read = await stream.ReadAsync(Free());
                        if (read == 0) return null;
                        Came(read);
                    }
                    if (!Control(header.Opcode, Take((int)header.Length, header.Mask))) return null;
                    continue;
                }
                RequireOrder(header.Opcode, message);
                message ??= new IncomingMessage(header.Opcode == Opcode.Text);
                if (header.Length > mostBytes - message.Length) throw new WebSocketFault(tooLong, "frame too large");
                for (long done = 0; done < header.Length;)
                {
                    var free = message.Free(header.Length - done);
                    int read;
                    if (_start < _end)
                    {
                        read = Math.Min(free.Length, _end - _start);
                        _buffer.AsSpan(_start, read).CopyTo(free.Span);
                        _start += read;
                    }
                    else
                    {
                        read = await stream.ReadAsync(free);
                        if (read == 0) return null;
                        _silent = 0;
                    }
                    message.Add(read, IncomingMessage.Advance(header.Mask, done));
                    message.CheckText(isWhole: false);
                    done += read;
                }
                if (!header.IsFinal) continue;
                message.CheckText(isWhole: true);
                var whole = message;
                message = null;
                // Whoever is being sent away is not listened to any more.
                if (!IsClosing) return whole;
                whole.Dispose();
            }
        }
        catch (WebSocketFault fault)
        {
            Close(fault.Code, fault.Message);
            await DrainAsync();
            return null;
        }
        finally
        {
            message?.Dispose();
            if (_start == _end) ReleaseBuffer();
        }
    }

    /// <summary>Frees what it holds, once nobody reads any more.</summary>
    public void Dispose()
    {
        ReleaseBuffer();
        lock (_lock) _isDisposed = true;
        _cutOff?.Dispose();
    }

    private ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

    private static void RequireOrder(Opcode opcode, IncomingMessage? begun)
    {
        if (opcode == Opcode.Continuation && begun is null) throw WebSocketFault.Protocol("nothing to go on with");
        if (opcode != Opcode.Continuation && begun is not null) throw WebSocketFault.Protocol("a message inside another one");
    }

    /// <summary>Does what a control frame says. False after a close.</summary>
    private bool Control(Opcode opcode, byte[] payload)
    {
        if (opcode == Opcode.Ping) SendPong(payload);
        if (opcode != Opcode.Close) return true;
        if (payload.Length == 0) AnswerClose([]);
        else if (payload.Length == 1 || !IsAllowed(BinaryPrimitives.ReadUInt16BigEndian(payload))) throw WebSocketFault.Protocol("no such close code");
        else if (!Utf8.IsValid(payload.AsSpan(2))) throw new WebSocketFault(WebSocketCloseStatus.InvalidPayloadData, "not valid UTF-8");
        else AnswerClose(payload[..2]);
        return false;
    }

    /// <summary>Codes that may be on the wire: those that are registered, and those of libraries and applications (RFC 6455, section 7.4).</summary>
    private static bool IsAllowed(int code) => code is >= 1000 and <= 1003 or >= 1007 and <= 1014 or >= 3000 and <= 4999;

    /// <summary>Reads what still comes, so that the last word is not lost in a reset, until the client is gone or the grace is over.</summary>
    private async Task DrainAsync()
    {
        do _start = _end = 0;
        while ((_end = await stream.ReadAsync(Free())) > 0);
    }

    private Memory<byte> Free()
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(ReadBytes);
        if (_start > 0)
        {
            Buffered.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        return _buffer.AsMemory(_end);
    }

    private void Came(int bytes)
    {
        _end += bytes;
        _silent = 0;
    }

    private byte[] Take(int length, uint mask)
    {
        var payload = _buffer.AsSpan(_start, length).ToArray();
        _start += length;
        IncomingMessage.Unmask(payload, mask);
        return payload;
    }

    private void ReleaseBuffer()
    {
        if (_buffer is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
        (_buffer, _start, _end) = (null, 0, 0);
    }
}
