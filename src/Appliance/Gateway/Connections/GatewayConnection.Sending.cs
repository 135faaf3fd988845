using System.Net.WebSockets;
using System.Text;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Connections;

internal sealed partial class GatewayConnection
{
    /// <summary>Sends a response.</summary>
    public void Send(byte[] frame)
    {
        lock (_sending) Add(frame);
    }

    /// <summary>Sends an event.</summary>
    /// <param name="frame">The event, shared with other clients.</param>
    /// <param name="numbered">True for broadcasts, which count, so that a client sees when it missed one.</param>
    public void SendEvent(EventFrame frame, bool numbered = true)
    {
        lock (_sending) Add(frame.Numbered(numbered ? ++_seq : null));
    }

    /// <summary>Ends the connection after what is on its way, or a second later whatever the client does. Said twice, the first counts.</summary>
    public void Close(WebSocketCloseStatus code, string reason)
    {
        lock (_sending)
        {
            if (_cutOff is not null) return;
            _close = (code, Shorten(reason));
            _cutOff = _time.CreateTimer(_ => _socket.Abort(), null, CloseGrace, Timeout.InfiniteTimeSpan);
            _queue.End();
        }
    }

    /// <summary>Ends the connection at once, without a word: who does not read hears none.</summary>
    public void Abort()
    {
        _queue.End();
        _socket.Abort();
    }

    private void Add(byte[] frame)
    {
        if (!_queue.TryAdd(frame) && _cutOff is null) Abort();
    }

    private async Task SendAllAsync()
    {
        try
        {
            await foreach (var frame in _queue.ReadAllAsync(CancellationToken.None))
            {
                await _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                _queue.Sent(frame);
            }
            using var patience = new CancellationTokenSource(CloseGrace);
            await _socket.CloseOutputAsync(_close.Code, _close.Reason, patience.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            _socket.Abort();
        }
    }

    /// <summary>A close reason has at most 123 bytes (RFC 6455, section 5.5).</summary>
    private static string Shorten(string reason)
    {
        while (Encoding.UTF8.GetByteCount(reason) > 123) reason = reason[..^1];
        return reason;
    }
}
