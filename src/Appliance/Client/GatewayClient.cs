using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Appliance.Gateway.Protocol;

namespace Appliance.Client;

/// <summary>
/// A connection of this program to a gateway: requests with one answer or two, and events. Safe for several threads, except that one
/// reads the events.
/// </summary>
internal sealed partial class GatewayClient : IAsyncDisposable
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
            var challenge = await client.ChallengeAsync(patience.Token);
            client._reading = client.ReadAllAsync();
            client.Hello = await client.GreetAsync(scopes, challenge, patience.Token);
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

    private async Task<JsonElement> ChallengeAsync(CancellationToken cancellation)
    {
        Exception? fault = null;
        try
        {
            if (await ReceiveAsync(cancellation) is { } frame && frame.Text("event") == "connect.challenge") return frame.Member("payload");
        }
        catch (Exception e) when (e is WebSocketException or IOException or JsonException or InvalidOperationException)
        {
            fault = e;
        }
        throw new GatewayClientException(GatewayClientException.Closed, $"What answers at {_target.Name} does not speak the gateway's protocol. Check the address.", fault);
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

    private sealed class GatewayRefusal(JsonElement error) : Exception
    {
        public JsonElement Error { get; } = error;
    }
}
