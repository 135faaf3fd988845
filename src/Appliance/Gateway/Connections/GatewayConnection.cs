using System.Net.WebSockets;
using Appliance.Gateway.Connections.WebSockets;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Connections;

/// <summary>
/// One client's socket: handshake, then requests in and responses and events out. Sending never waits: frames queue up in order, and a
/// client that does not read is cut off. Safe for several threads.
/// </summary>
internal sealed class GatewayConnection : IDisposable
{
    private static readonly string[] Capabilities = ["model-catalog-snapshot"];

    private readonly ServerWebSocket _socket;
    private readonly Lock _numbering = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly SemaphoreSlim _pending = new(ProtocolLimits.PendingRequests);
    private Challenge? _challenge;
    private ITimer? _handshake;
    private long _seq;
    private int _offences;

    /// <summary>A connection that has not begun yet.</summary>
    /// <param name="socket">Its socket.</param>
    /// <param name="peer">The other end.</param>
    /// <param name="now">When it came.</param>
    public GatewayConnection(ServerWebSocket socket, Peer peer, DateTimeOffset now)
    {
        (_socket, Peer, ConnectedAt) = (socket, peer, now);
        _challenge = new(Guid.NewGuid().ToString(), now.ToUnixTimeMilliseconds(), Capabilities);
        Gone = _gone.Token;
    }

    /// <summary>Its name in logs and in hello.</summary>
    public string Id { get; } = Guid.NewGuid().ToString();

    /// <summary>The other end.</summary>
    public Peer Peer { get; }

    /// <summary>This gateway's own address as the client wrote it, <c>http://host:port</c>: what it gets addresses with.</summary>
    public string Origin { get; init; } = "";

    /// <summary>When it came.</summary>
    public DateTimeOffset ConnectedAt { get; }

    /// <summary>What its device must sign, before hello.</summary>
    public Challenge Challenge => _challenge!;

    /// <summary>Who it is; null before hello.</summary>
    public Principal? Principal { get; private set; }

    /// <summary>What it said of itself, without its credentials; null before hello.</summary>
    public ConnectRequest? Client { get; private set; }

    /// <summary>What it wants to hear about sessions.</summary>
    public Subscriptions Subscriptions { get; } = new();

    /// <summary>Cancelled when the connection ends, for work that only this client waits for.</summary>
    public CancellationToken Gone { get; }

    /// <summary>Serves the client until either side ends it.</summary>
    /// <param name="handler">Who answers.</param>
    /// <param name="patience">How long the client has for its connect request.</param>
    /// <param name="time">The clock.</param>
    public async Task RunAsync(IConnectionHandler handler, TimeSpan patience, TimeProvider time)
    {
        _handshake = time.CreateTimer(_ => CloseUnlessWelcome(), null, patience, Timeout.InfiniteTimeSpan);
        SendEvent(FrameWriter.Event("connect.challenge", FrameWriter.Payload(Challenge)), numbered: false);
        try
        {
            while (await ReceiveAsync() is { } message)
            {
                using (message)
                {
                    if (Read(message) is not { } request) continue;
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
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The client has gone without a word.
        }
        finally
        {
            await _socket.FinishAsync();
            await _gone.CancelAsync();
        }
    }

    /// <summary>The handshake has succeeded.</summary>
    public void Admit(Principal principal, ConnectRequest client)
    {
        (Principal, Client) = (principal, client with { Auth = ConnectAuth.None, Device = null });
        _handshake?.Dispose();
        (_handshake, _challenge) = (null, null);
    }

    /// <summary>Sends a response.</summary>
    public void Send(byte[] frame) => _socket.Send(frame);

    /// <summary>Sends an event.</summary>
    /// <param name="frame">The event, shared with other clients.</param>
    /// <param name="numbered">True for broadcasts, which count, so that a client sees when it missed one.</param>
    public void SendEvent(EventFrame frame, bool numbered = true)
    {
        lock (_numbering) _socket.Send(frame.Numbered(numbered ? ++_seq : null));
    }

    /// <summary>Ends the connection after what is on its way, or a second later whatever the client does. Said twice, the first counts.</summary>
    public void Close(WebSocketCloseStatus code, string reason) => _socket.Close(code, reason);

    /// <summary>Ends the connection at once, without a word: who does not read hears none.</summary>
    public void Abort() => _socket.Abort();

    /// <summary>Asks for a sign of life, and ends the connection where there was none for long.</summary>
    public void KeepAlive() => _socket.KeepAlive();

    /// <summary>Counts something no honest client does; too many end the connection.</summary>
    public void Offend()
    {
        if (Interlocked.Increment(ref _offences) > ProtocolLimits.Offences) Close(CloseCode.Policy, "too many invalid requests");
    }

    /// <summary>Frees the socket, once the connection has ended. What late answers still touch is left to the garbage collector.</summary>
    public void Dispose()
    {
        _handshake?.Dispose();
        _socket.Dispose();
    }

    private void CloseUnlessWelcome()
    {
        if (Principal is null) Close(CloseCode.Policy, "handshake timeout");
    }

    private ValueTask<IncomingMessage?> ReceiveAsync() => Principal is null
        ? _socket.ReceiveAsync(ProtocolLimits.FrameBeforeHello, CloseCode.Policy)
        : _socket.ReceiveAsync(ProtocolLimits.Frame, CloseCode.TooBig);

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

    private RequestFrame? Read(IncomingMessage message)
    {
        if (!message.IsText)
        {
            Close(WebSocketCloseStatus.InvalidMessageType, "text frames only");
            return null;
        }
        try
        {
            return FrameReader.Read(message.Span);
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

    private void Refuse(string id, GatewayException fault, WebSocketCloseStatus code = CloseCode.Policy)
    {
        Send(FrameWriter.Error(id, fault));
        Close(code, fault.Message);
    }
}
