using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;

namespace Appliance.Gateway.Connections.WebSockets;

internal sealed partial class ServerWebSocket
{
    /// <summary>Payloads up to this go out in one piece with their head.</summary>
    private const int OnePiece = 16 * 1024;

    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Queue<(Opcode Opcode, byte[] Payload)>? _waiting;
    private Task _sending = Task.CompletedTask;
    private ITimer? _cutOff;
    private long _waitingBytes;
    private int _waitingPongs;
    private int _silent;
    private bool _isSending;
    private bool _isDisposed;

    /// <summary>True once either side has said that it ends.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>
    /// Sends a message after those before it. False where the connection ends; it is ended here where more waits than may, because its
    /// client does not read.
    /// </summary>
    public bool Send(byte[] payload, bool isText = true)
    {
        bool slow;
        lock (_lock)
        {
            if (IsClosing) return false;
            slow = _waitingBytes + payload.Length > mostWaiting;
            if (!slow) Add(isText ? Opcode.Text : Opcode.Binary, payload);
        }
        if (slow) Abort();
        return !slow;
    }

    /// <summary>Ends the connection after what is on its way, or a second later whatever the client does. Said twice, the first counts.</summary>
    public void Close(WebSocketCloseStatus code, string reason)
    {
        reason = Shorten(reason);
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));
        AnswerClose(payload);
    }

    /// <summary>Ends the connection at once, without a word: who does not read hears none.</summary>
    public void Abort()
    {
        lock (_lock)
        {
            IsClosing = true;
            _waiting = null;
        }
        CutOff();
    }

    /// <summary>Asks for a sign of life; who gave none since the one before last is gone. Called once an interval.</summary>
    public void KeepAlive()
    {
        lock (_lock)
        {
            if (IsClosing) return;
            if (++_silent <= 2) Add(Opcode.Ping, []);
        }
        if (_silent > 2) Abort();
    }

    /// <summary>Waits until everything is sent, the close included, or the grace is over.</summary>
    public Task FinishAsync()
    {
        lock (_lock)
        {
            // Nothing more is said; what is on its way to a client that does not take it has its time too.
            if (!_sending.IsCompleted) _cutOff ??= CutOffLater();
            IsClosing = true;
            return _sending;
        }
    }

    private void AnswerClose(byte[] payload)
    {
        lock (_lock)
        {
            if (IsClosing) return;
            _cutOff = CutOffLater();
            Add(Opcode.Close, payload);
            IsClosing = true;
        }
    }

    /// <summary>Of many pings at once only some are answered: the last answers all (RFC 6455, section 5.5.3).</summary>
    private void SendPong(byte[] payload)
    {
        const int most = 64;
        lock (_lock)
        {
            if (IsClosing || _waitingPongs >= most) return;
            _waitingPongs++;
            Add(Opcode.Pong, payload);
        }
    }

    private void Add(Opcode opcode, byte[] payload)
    {
        (_waiting ??= new()).Enqueue((opcode, payload));
        _waitingBytes += payload.Length;
        if (_isSending) return;
        _isSending = true;
        _sending = SendAllAsync();
    }

    /// <summary>Sends what waits, and ends; a connection that has nothing to say keeps nothing for it.</summary>
    private async Task SendAllAsync()
    {
        try
        {
            while (Next(out var opcode, out var payload))
            {
                await WriteAsync(opcode, payload);
                lock (_lock)
                {
                    _waitingBytes -= payload.Length;
                    if (opcode == Opcode.Pong) _waitingPongs--;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            Abort();
        }
    }

    private bool Next(out Opcode opcode, out byte[] payload)
    {
        lock (_lock)
        {
            if (_waiting?.TryDequeue(out var frame) == true)
            {
                (opcode, payload) = frame;
                return true;
            }
            (opcode, payload, _waiting, _isSending) = (default, [], null, false);
            return false;
        }
    }

    private ITimer CutOffLater() => time.CreateTimer(_ => CutOff(), null, CloseGrace, Timeout.InfiniteTimeSpan);

    /// <summary>Ends the connection, unless it has ended and what is behind it belongs to another one now.</summary>
    private void CutOff()
    {
        lock (_lock)
        {
            if (!_isDisposed) abort();
        }
    }

    private async Task WriteAsync(Opcode opcode, byte[] payload)
    {
        var inOnePiece = payload.Length <= OnePiece;
        var buffer = ArrayPool<byte>.Shared.Rent(FrameHeader.Longest + (inOnePiece ? payload.Length : 0));
        try
        {
            var length = FrameHeader.Write(buffer, opcode, payload.Length);
            if (inOnePiece)
            {
                payload.CopyTo(buffer, length);
                length += payload.Length;
            }
            await stream.WriteAsync(buffer.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (!inOnePiece) await stream.WriteAsync(payload);
    }

    /// <summary>A close reason has at most 123 bytes (RFC 6455, section 5.5).</summary>
    private static string Shorten(string reason)
    {
        while (Encoding.UTF8.GetByteCount(reason) > FrameHeader.LongestControl - 2) reason = reason[..^1];
        return reason;
    }
}
