using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Appliance.Gateway.Protocol;

namespace Appliance.Client;

// Frames out and in.
internal sealed partial class GatewayClient
{
    private async IAsyncEnumerable<JsonElement> AskAsync(string method, ReadOnlyMemory<byte> parameters, int answers, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _requests).ToString(CultureInfo.InvariantCulture);
        var channel = _answers[id] = Channel.CreateUnbounded<JsonElement>();
        try
        {
            await SendAsync(FrameWriter.Request(id, method, parameters), cancellation);
            for (var i = 0; i < answers; i++)
            {
                var frame = await NextAsync(channel, cancellation);
                if (!(frame.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.True)) throw Refusal(method, frame);
                var payload = frame.TryGetProperty("payload", out var found) ? found : default;
                yield return payload;
                if (payload.ValueKind != JsonValueKind.Object || payload.Text("status") != "accepted") yield break;
            }
        }
        finally
        {
            _answers.TryRemove(id, out _);
        }
    }

    private async Task<JsonElement> NextAsync(Channel<JsonElement> channel, CancellationToken cancellation)
    {
        // Who has ended before the request was written down here left nobody to complete it.
        if (_reading.IsCompleted) channel.Writer.TryComplete();
        try { return await channel.Reader.ReadAsync(cancellation); }
        catch (ChannelClosedException) { throw Gone(); }
    }

    private async Task SendAsync(byte[] frame, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try { await _transport.Socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellation); }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or IOException or InvalidOperationException) { throw Gone(); }
        finally { _sending.Release(); }
    }

    private async Task ReadAllAsync()
    {
        try
        {
            while (await ReceiveAsync(CancellationToken.None) is { } frame)
            {
                if (frame.Text("type") == "event") _events.Writer.TryWrite(new(frame.Text("event") ?? "", frame.TryGetProperty("payload", out var payload) ? payload : default));
                else if (frame.Text("id") is { } id && _answers.TryGetValue(id, out var answer)) answer.Writer.TryWrite(frame);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException or JsonException or InvalidOperationException)
        {
            _fault = e;
        }
        finally
        {
            _events.Writer.TryComplete();
            foreach (var (_, waiting) in _answers) waiting.Writer.TryComplete();
        }
    }

    /// <summary>The next frame, or null where the gateway has closed the connection.</summary>
    private async Task<JsonElement?> ReceiveAsync(CancellationToken cancellation)
    {
        var message = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            var part = await _transport.Socket.ReceiveAsync(message.GetMemory(4096), cancellation);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            message.Advance(part.Count);
            if (message.WrittenCount > LargestFrame) throw new IOException("The gateway sent a frame that is too large.");
            if (part.EndOfMessage) return JsonElement.Parse(message.WrittenSpan);
        }
    }

    private GatewayClientException Gone()
    {
        var said = _transport.Socket.CloseStatusDescription;
        return new(GatewayClientException.Closed, $"The gateway at {_target.Name} closed the connection{(string.IsNullOrEmpty(said) ? "" : $": {said}")}. Where it restarts, say this again in a moment.", _fault);
    }

    private static Exception Refusal(string method, JsonElement frame)
    {
        var error = frame.TryGetProperty("error", out var found) ? found : default;
        return method == "connect" ? new GatewayRefusal(error)
            : new GatewayClientException(error.Text("code") ?? "", $"{method}: {error.Text("message") ?? "the gateway said no without a word"}");
    }
}
