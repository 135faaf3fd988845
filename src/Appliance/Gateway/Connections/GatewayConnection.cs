using System.Buffers;
using System.Net.WebSockets;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Connections;

/// <summary>
/// One client's socket: handshake, then requests in and responses and events out. Sending never waits: frames queue up in order, and a
/// client that does not read is cut off. Safe for several threads.
/// </summary>
internal sealed partial class GatewayConnection : IDisposable
{
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(1);

    private readonly WebSocket _socket;
    private readonly TimeProvider _time;
    private readonly OutboundQueue _queue = new(ProtocolLimits.Buffered);
    private readonly Lock _sending = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly SemaphoreSlim _pending = new(ProtocolLimits.PendingRequests);
    private (WebSocketCloseStatus Code, string Reason) _close = (CloseCode.Normal, "");
    private ITimer? _cutOff;
    private long _seq;
    private int _offences;

    /// <summary>A connection that has not begun yet.</summary>
    public GatewayConnection(WebSocket socket, Peer peer, TimeProvider time)
    {
        (_socket, _time, Peer) = (socket, time, peer);
        ConnectedAt = time.GetUtcNow();
        Challenge = new(Guid.NewGuid().ToString(), ConnectedAt.ToUnixTimeMilliseconds(), ["model-catalog-snapshot"]);
        Gone = _gone.Token;
    }

    /// <summary>Its name in logs and in hello.</summary>
    public string Id { get; } = Guid.NewGuid().ToString();

    /// <summary>The other end.</summary>
    public Peer Peer { get; }

    /// <summary>When it came.</summary>
    public DateTimeOffset ConnectedAt { get; }

    /// <summary>What its device must sign.</summary>
    public Challenge Challenge { get; }

    /// <summary>Who it is; null before hello.</summary>
    public Principal? Principal { get; private set; }

    /// <summary>What it said of itself; null before hello.</summary>
    public ConnectRequest? Client { get; private set; }

    /// <summary>What it wants to hear about sessions.</summary>
    public Subscriptions Subscriptions { get; } = new();

    /// <summary>Cancelled when the connection ends, for work that only this client waits for.</summary>
    public CancellationToken Gone { get; }

    /// <summary>Serves the client until either side ends it.</summary>
    public async Task RunAsync(IConnectionHandler handler, CancellationToken stopping)
    {
        using var stop = stopping.Register(() => Close(CloseCode.Restart, "service restart"));
        await using var handshake = _time.CreateTimer(_ => CloseUnlessWelcome(), null, ProtocolLimits.Handshake, Timeout.InfiniteTimeSpan);
        SendEvent(FrameWriter.Event("connect.challenge", FrameWriter.Payload(Challenge)), numbered: false);
        var sending = SendAllAsync();
        try
        {
            await ReceiveAllAsync(handler);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The client has gone without a word.
        }
        finally
        {
            _queue.End();
            await sending;
            await _gone.CancelAsync();
        }
    }

    /// <summary>The handshake has succeeded.</summary>
    public void Admit(Principal principal, ConnectRequest client) => (Principal, Client) = (principal, client);

    /// <summary>Frees the socket, once the connection has ended. What late answers still touch is left to the garbage collector.</summary>
    public void Dispose()
    {
        _cutOff?.Dispose();
        _socket.Dispose();
    }

    private void CloseUnlessWelcome()
    {
        if (Principal is null) Close(CloseCode.Policy, "handshake timeout");
    }

    private async Task ReceiveAllAsync(IConnectionHandler handler)
    {
        while (await ReceiveAsync() is { } message)
        {
            using (message)
            {
                // Whoever is being sent away is not listened to any more.
                if (_cutOff is not null || Read(message.Span) is not { } request) continue;
                if (Principal is null) Greet(handler, request);
                else if (request.Method == "connect") Refuse(request.Id, GatewayException.Invalid("connect is only valid as the first request"));
                else
                {
                    // More than this at once waits unread: the client's own socket slows it down.
                    await _pending.WaitAsync(Gone);
                    _ = HandleAsync(handler, request);
                }
            }
        }
    }

    private async Task HandleAsync(IConnectionHandler handler, RequestFrame request)
    {
        try { await handler.HandleAsync(this, request); }
        finally { _pending.Release(); }
    }

    private void Greet(IConnectionHandler handler, RequestFrame request)
    {
        if (request.Method != "connect")
        {
            Refuse(request.Id, GatewayException.Invalid("invalid handshake: first request must be connect"));
            return;
        }
        try
        {
            handler.Welcome(this, request);
        }
        catch (GatewayException e)
        {
            Refuse(request.Id, e, e.Details?.Code == DetailCode.ProtocolMismatch ? CloseCode.ProtocolMismatch : CloseCode.Policy);
        }
    }

    private RequestFrame? Read(ReadOnlySpan<byte> frame)
    {
        try
        {
            return FrameReader.Read(frame);
        }
        catch (FrameException e)
        {
            var fault = GatewayException.Invalid(e.Message);
            if (Principal is null) Refuse(e.Id, fault);
            else Send(FrameWriter.Error(e.Id, fault));
            Offend();
            return null;
        }
    }

    /// <summary>Counts something no honest client does; too many end the connection.</summary>
    public void Offend()
    {
        if (Interlocked.Increment(ref _offences) > ProtocolLimits.Offences) Close(CloseCode.Policy, "too many invalid requests");
    }

    private void Refuse(string id, GatewayException fault, WebSocketCloseStatus code = CloseCode.Policy)
    {
        Send(FrameWriter.Error(id, fault));
        Close(code, fault.Message);
    }

    /// <summary>One whole text message, or null when there will be no more.</summary>
    private async Task<Message?> ReceiveAsync()
    {
        // An empty read waits without holding a buffer: a thousand idle clients cost no memory for it.
        var first = await _socket.ReceiveAsync(Memory<byte>.Empty, Gone);
        if (first.MessageType == WebSocketMessageType.Close) return null;
        var message = new Message();
        if (first.EndOfMessage) return message;
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(message.Free(), Gone);
                if (part.MessageType == WebSocketMessageType.Close) break;
                if (part.MessageType == WebSocketMessageType.Binary)
                {
                    Close(WebSocketCloseStatus.InvalidMessageType, "text frames only");
                    break;
                }
                message.Add(part.Count);
                if (message.Length > (Principal is null ? ProtocolLimits.FrameBeforeHello : ProtocolLimits.Frame))
                {
                    Close(Principal is null ? CloseCode.Policy : CloseCode.TooBig, "frame too large");
                    break;
                }
                if (part.EndOfMessage) return message;
            }
        }
        catch
        {
            message.Dispose();
            throw;
        }
        message.Dispose();
        return null;
    }

    /// <summary>A message as it comes in, in a pooled buffer that doubles.</summary>
    private sealed class Message : IDisposable
    {
        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);

        public int Length { get; private set; }

        public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

        public Memory<byte> Free()
        {
            if (Length == _buffer.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
                Span.CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = larger;
            }
            return _buffer.AsMemory(Length);
        }

        public void Add(int count) => Length += count;

        public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
    }
}
