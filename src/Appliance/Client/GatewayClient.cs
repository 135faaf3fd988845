using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Appliance.Gateway.Protocol;

namespace Appliance.Client;

/// <summary>
/// A connection of this program to a gateway: requests with one answer or two, and events. Safe for several threads, except that one
/// reads the events.
/// </summary>
internal sealed class GatewayClient : IAsyncDisposable
{
    /// <summary>Events that wait to be read; beyond that the oldest go.</summary>
    private const int MostEvents = 4096;
    private const int LargestFrame = 2 * ProtocolLimits.Frame;
    private static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    private readonly GatewayTarget _target;
    private readonly GatewayTransport _transport;
    private readonly ConcurrentDictionary<string, Channel<JsonElement>> _answers = new();
    private readonly Channel<GatewayEvent> _events =
        Channel.CreateBounded<GatewayEvent>(new BoundedChannelOptions(MostEvents) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly SemaphoreSlim _sending = new(1, 1);
    private Task _reading = Task.CompletedTask;
    private Exception? _fault;
    private int _requests;

    private GatewayClient(GatewayTarget target, GatewayTransport transport) => (_target, _transport) = (target, transport);

    /// <summary>What the gateway said of itself: version, methods, snapshot.</summary>
    public JsonElement Hello { get; private set; }

    /// <summary>The gateway's process, by the kernel's word; null where it is not reached by its socket, or runs in another container.</summary>
    public int? ServerPid => _transport.ServerPid;

    /// <summary>Connects and says hello.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="scopes">What the command needs; no more is asked for.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="GatewayClientException">Nobody is there, or the gateway says no.</exception>
    public static async Task<GatewayClient> ConnectAsync(GatewayTarget target, IReadOnlyList<string> scopes, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(HandshakePatience);
        GatewayClient? client = null;
        try
        {
            client = new GatewayClient(target, await GatewayTransport.OpenAsync(target, patience.Token));
            if (await client.ReceiveAsync(patience.Token) is not { } challenge || challenge.Text("event") != "connect.challenge") throw client.NoGateway();
            client._reading = client.ReadAllAsync();
            client.Hello = await client.GreetAsync(scopes, challenge.Member("payload"), patience.Token);
            return client;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            if (client is not null) await client.DisposeAsync();
            throw new GatewayClientException(GatewayClientException.Closed, $"The gateway at {target.Name} did not answer within {HandshakePatience.TotalSeconds:0} seconds. Its log and `appliance monitor` on its machine may say why.");
        }
        catch
        {
            if (client is not null) await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks for something and waits for the answer, or for the first of two.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="parameters">Writes the parameters; null where there are none.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="GatewayClientException">The gateway says no, or has gone.</exception>
    public async Task<JsonElement> RequestAsync(string method, Action<PayloadWriter>? parameters = null, CancellationToken cancellation = default) =>
        await RequestAsync(method, FrameWriter.Object(parameters), cancellation);

    /// <summary>The same with parameters that are JSON already.</summary>
    public async Task<JsonElement> RequestAsync(string method, ReadOnlyMemory<byte> parameters, CancellationToken cancellation)
    {
        await using var answers = AskAsync(method, parameters, answers: 1, cancellation).GetAsyncEnumerator(cancellation);
        await answers.MoveNextAsync();
        return answers.Current;
    }

    /// <summary>Asks for something that is answered twice: accepted, and, when it is done, with the result.</summary>
    public IAsyncEnumerable<JsonElement> RequestTwiceAsync(string method, Action<PayloadWriter> parameters, CancellationToken cancellation) =>
        AskAsync(method, FrameWriter.Object(parameters), answers: 2, cancellation);

    /// <summary>Events from the beginning of the connection on, as many as are kept, until the gateway closes it.</summary>
    public IAsyncEnumerable<GatewayEvent> EventsAsync(CancellationToken cancellation) => _events.Reader.ReadAllAsync(cancellation);

    /// <summary>Completed when the gateway has closed the connection.</summary>
    public Task ClosedAsync(CancellationToken cancellation) => _reading.WaitAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _transport.CloseAsync(ClosePatience);
        await _reading;
        _transport.Dispose();
        _sending.Dispose();
    }

    private async Task<JsonElement> GreetAsync(IReadOnlyList<string> scopes, JsonElement challenge, CancellationToken cancellation)
    {
        try
        {
            return await RequestAsync("connect", ConnectMessage.To(_target, scopes, challenge).Write, cancellation);
        }
        catch (GatewayRefusal e)
        {
            throw ConnectRefusal.Explain(_target, e.Error);
        }
    }

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

    private GatewayClientException NoGateway() => new(GatewayClientException.Closed, $"What answers at {_target.Name} does not speak the gateway's protocol. Check the address.");

    private static Exception Refusal(string method, JsonElement frame)
    {
        var error = frame.TryGetProperty("error", out var found) ? found : default;
        return method == "connect" ? new GatewayRefusal(error)
            : new GatewayClientException(error.Text("code") ?? "", $"{method}: {error.Text("message") ?? "the gateway said no without a word"}");
    }

    private sealed class GatewayRefusal(JsonElement error) : Exception
    {
        public JsonElement Error { get; } = error;
    }
}
