using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TestKit;

/// <summary>A WebSocket client over a bare socket, which sends whatever bytes a test tells it to, right or wrong.</summary>
public sealed class RawWebSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start, _end;

    private RawWebSocket(Socket socket) => _socket = socket;

    /// <summary>Connects without a word.</summary>
    public static async Task<RawWebSocket> ConnectAsync(Uri server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Parse(server.Host), server.Port);
        return new RawWebSocket(socket);
    }

    /// <summary>Connects and opens a WebSocket.</summary>
    public static async Task<RawWebSocket> OpenAsync(Uri server)
    {
        var client = await ConnectAsync(server);
        var answer = await client.UpgradeAsync(server);
        if (!answer.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal)) throw new InvalidOperationException(answer);
        return client;
    }

    /// <summary>Asks for a WebSocket and gives the answer's head.</summary>
    public async Task<string> UpgradeAsync(Uri server, string more = "", string key = "dGhlIHNhbXBsZSBub25jZQ==", string version = "13")
    {
        await SendAsync(Encoding.ASCII.GetBytes(
            $"GET / HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: {version}\r\n{more}\r\n"));
        return await ReadHeadAsync();
    }

    /// <summary>Reads the head of an HTTP answer; what there was, where the server closed before its end.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (_start == _end && !await FillAsync()) break;
            head.Append((char)_buffer[_start++]);
        }
        return head.ToString();
    }

    /// <summary>A masked frame.</summary>
    /// <param name="opcode">What it is.</param>
    /// <param name="payload">What is in it.</param>
    /// <param name="final">False for all frames of a message but the last.</param>
    /// <param name="reserved">The three reserved bits.</param>
    public static byte[] Frame(int opcode, ReadOnlySpan<byte> payload, bool final = true, int reserved = 0)
    {
        ReadOnlySpan<byte> mask = [0x37, 0xfa, 0x21, 0x3d];
        var size = payload.Length < 126 ? 2 : payload.Length <= ushort.MaxValue ? 4 : 10;
        var frame = new byte[size + 4 + payload.Length];
        frame[0] = (byte)((final ? 0x80 : 0) | reserved << 4 | opcode);
        frame[1] = (byte)(0x80 | size switch { 2 => payload.Length, 4 => 126, _ => 127 });
        if (size == 4) BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        if (size == 10) BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(2), payload.Length);
        mask.CopyTo(frame.AsSpan(size));
        for (var i = 0; i < payload.Length; i++) frame[size + 4 + i] = (byte)(payload[i] ^ mask[i & 3]);
        return frame;
    }

    /// <summary>A text message in one frame.</summary>
    public Task SendTextAsync(string text) => SendAsync(Frame(1, Encoding.UTF8.GetBytes(text)));

    /// <summary>Sends bytes, in pieces of so many. A server that has closed meanwhile is no fault.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, int piece = int.MaxValue)
    {
        try
        {
            for (; bytes.Length > 0; bytes = bytes[Math.Min(piece, bytes.Length)..])
            {
                for (var rest = bytes[..Math.Min(piece, bytes.Length)]; rest.Length > 0;) rest = rest[await _socket.SendAsync(rest)..];
            }
        }
        catch (SocketException)
        {
            // The next read says how it closed.
        }
    }

    /// <summary>The next frame of the server, or null where it has closed the connection.</summary>
    public async Task<(int Opcode, byte[] Payload)?> ReadAsync()
    {
        if (await TakeAsync(2) is not { } head) return null;
        if ((head[0] & 0x70) != 0 || (head[0] & 0x80) == 0 || (head[1] & 0x80) != 0) throw new InvalidOperationException($"no frame of a server: {head[0]:x2} {head[1]:x2}");
        long length = head[1];
        if (head[1] == 126) length = await TakeAsync(2) is { } two ? BinaryPrimitives.ReadUInt16BigEndian(two) : 0;
        if (head[1] == 127) length = await TakeAsync(8) is { } eight ? BinaryPrimitives.ReadInt64BigEndian(eight) : 0;
        return await TakeAsync((int)length) is { } payload ? (head[0] & 0x0F, payload) : null;
    }

    /// <summary>Waits until the server has closed the connection, and gives the code it said, or null where it said none.</summary>
    public async Task<int?> ClosedAsync()
    {
        int? code = null;
        while (await ReadAsync() is { } frame)
        {
            if (frame.Opcode == 8) code = frame.Payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(frame.Payload) : 1005;
        }
        return code;
    }

    /// <summary>Says that nothing more will be sent. A server that has closed meanwhile is no fault.</summary>
    public void EndSending()
    {
        try { _socket.Shutdown(SocketShutdown.Send); }
        catch (SocketException)
        {
            // The next read says how it closed.
        }
    }

    /// <summary>True where the server has not closed the connection; what it has sent stays unread.</summary>
    public bool IsOpen => !_socket.Poll(0, SelectMode.SelectRead) || _socket.Available > 0;

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task<byte[]?> TakeAsync(int count)
    {
        var bytes = new byte[count];
        for (var done = 0; done < count;)
        {
            if (_start == _end && !await FillAsync()) return null;
            var take = Math.Min(count - done, _end - _start);
            _buffer.AsSpan(_start, take).CopyTo(bytes.AsSpan(done));
            (_start, done) = (_start + take, done + take);
        }
        return bytes;
    }

    private async Task<bool> FillAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            (_start, _end) = (0, await _socket.ReceiveAsync(_buffer.AsMemory(), patience.Token));
            return _end > 0;
        }
        catch (SocketException)
        {
            (_start, _end) = (0, 0);
            return false;
        }
    }
}
