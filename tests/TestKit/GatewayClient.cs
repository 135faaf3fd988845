using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace TestKit;

/// <summary>A client of the gateway over a real socket, which says exactly what a test tells it to.</summary>
public sealed class GatewayClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<string, Channel<JsonElement>> _responses = new();
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private Task _reading = Task.CompletedTask;
    private int _requests;

    private GatewayClient() { }

    /// <summary>The challenge.</summary>
    public JsonElement Challenge { get; private set; }

    /// <summary>The answer to connect.</summary>
    public JsonElement Hello { get; private set; }

    /// <summary>How the gateway closed the connection, once it has.</summary>
    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>What it said when it closed the connection.</summary>
    public string? CloseReason => _socket.CloseStatusDescription;

    /// <summary>The frames of all events so far that no one has taken.</summary>
    public ChannelReader<JsonElement> Events => _events.Reader;

    /// <summary>Opens a socket and reads the challenge.</summary>
    /// <param name="server">The server's http address.</param>
    /// <param name="headers">More headers of the request.</param>
    /// <param name="reads">False for a client that reads nothing after the challenge.</param>
    public static async Task<GatewayClient> OpenAsync(Uri server, IReadOnlyDictionary<string, string>? headers = null, bool reads = true)
    {
        var client = new GatewayClient();
        foreach (var (name, value) in headers ?? new Dictionary<string, string>()) client._socket.Options.SetRequestHeader(name, value);
        client._socket.Options.KeepAliveInterval = TimeSpan.Zero;
        using var patience = new CancellationTokenSource(Patience);
        await client._socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws" }.Uri, patience.Token);
        client.Challenge = (await client.ReceiveAsync())!.Value.GetProperty("payload");
        if (reads) client._reading = client.ReadAllAsync();
        return client;
    }

    /// <summary>Opens a socket and says hello as the owner's program, with every scope unless others are given.</summary>
    public static async Task<GatewayClient> ConnectAsync(Uri server, string token, string[]? scopes = null, string mode = "backend")
    {
        var client = await OpenAsync(server);
        var response = await client.RequestAsync("connect", Owner(token, scopes, mode));
        client.Hello = response.GetProperty("ok").GetBoolean() ? response.GetProperty("payload") : throw new InvalidOperationException(response.ToString());
        return client;
    }

    /// <summary>The connect parameters of the owner's program.</summary>
    public static JsonObject Owner(string token, string[]? scopes = null, string mode = "backend") => new()
    {
        ["minProtocol"] = 4,
        ["maxProtocol"] = 4,
        ["client"] = new JsonObject { ["id"] = "gateway-client", ["version"] = "1.0", ["platform"] = "linux", ["mode"] = mode },
        ["role"] = "operator",
        ["scopes"] = new JsonArray([.. (scopes ?? ["operator.admin", "operator.read", "operator.write", "operator.approvals", "operator.questions", "operator.pairing"]).Select(s => (JsonNode)s)]),
        ["auth"] = new JsonObject { ["token"] = token },
    };

    /// <summary>The connect parameters of a device that proves itself.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="auth">Its credentials.</param>
    /// <param name="role">operator or node.</param>
    /// <param name="scopes">What it asks for.</param>
    /// <param name="version">v2 or v3: what it signs.</param>
    /// <param name="change">Changes the parameters after signing.</param>
    public JsonObject Device(DeviceKey key, JsonObject auth, string role = "operator", string[]? scopes = null, string version = "v3", Action<JsonObject>? change = null)
    {
        var (id, mode) = role == "node" ? ("node-host", "node") : ("openclaw-tui", "ui");
        var (nonce, ts) = (Challenge.GetProperty("nonce").GetString()!, Challenge.GetProperty("ts").GetInt64());
        scopes ??= role == "node" ? [] : ["operator.read", "operator.write"];
        var token = new[] { "token", "deviceToken", "bootstrapToken" }.Select(n => (string?)auth[n]).FirstOrDefault(t => !string.IsNullOrEmpty(t)) ?? "";
        var payload = $"{version}|{key.Id}|{id}|{mode}|{role}|{string.Join(',', scopes)}|{ts}|{token}|{nonce}" + (version == "v3" ? "|linux|linux" : "");
        var connect = new JsonObject
        {
            ["minProtocol"] = role == "node" ? 3 : 4,
            ["maxProtocol"] = 4,
            ["client"] = new JsonObject { ["id"] = id, ["version"] = "1.0", ["platform"] = "linux", ["deviceFamily"] = "Linux", ["mode"] = mode, ["displayName"] = "box" },
            ["role"] = role,
            ["scopes"] = new JsonArray([.. scopes.Select(s => (JsonNode)s)]),
            ["auth"] = auth,
            ["device"] = new JsonObject { ["id"] = key.Id, ["publicKey"] = key.PublicKey, ["signature"] = key.Sign(payload), ["signedAt"] = ts, ["nonce"] = nonce },
        };
        change?.Invoke(connect);
        return connect;
    }

    /// <summary>Sends a request and gives its first response.</summary>
    public async Task<JsonElement> RequestAsync(string method, JsonNode? parameters = null)
    {
        var id = await SendRequestAsync(method, parameters);
        var response = await ResponseAsync(id);
        _responses.TryRemove(id, out _);
        return response;
    }

    /// <summary>Sends a request and gives the payload of its response, which must be one that says yes.</summary>
    public async Task<JsonElement> AskAsync(string method, JsonNode? parameters = null)
    {
        var response = await RequestAsync(method, parameters);
        return response.GetProperty("ok").GetBoolean() ? response.GetProperty("payload") : throw new InvalidOperationException($"{method}: {response}");
    }

    /// <summary>Sends a request and gives its id.</summary>
    public async Task<string> SendRequestAsync(string method, JsonNode? parameters = null)
    {
        var id = $"{Interlocked.Increment(ref _requests)}";
        _responses[id] = Channel.CreateUnbounded<JsonElement>();
        var frame = new JsonObject { ["type"] = "req", ["id"] = id, ["method"] = method };
        if (parameters is not null) frame["params"] = parameters.DeepClone();
        await SendAsync(frame.ToJsonString());
        return id;
    }

    /// <summary>The next response to a request.</summary>
    public async Task<JsonElement> ResponseAsync(string id)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _responses.GetOrAdd(id, _ => Channel.CreateUnbounded<JsonElement>()).Reader.ReadAsync(patience.Token);
    }

    /// <summary>The payload of the next event of that name that lets <paramref name="which"/> pass; the others before it are lost.</summary>
    public async Task<JsonElement> EventAsync(string name, Func<JsonElement, bool>? which = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var frame = await _events.Reader.ReadAsync(patience.Token);
            if (frame.GetProperty("event").GetString() == name && which?.Invoke(frame.GetProperty("payload")) != false) return frame.GetProperty("payload");
        }
    }

    /// <summary>Sends a text as it is.</summary>
    public async Task SendAsync(string text)
    {
        await _sending.WaitAsync();
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, patience.Token);
        }
        finally { _sending.Release(); }
    }

    /// <summary>Waits until the gateway has closed the connection.</summary>
    public Task ClosedAsync() => _reading.WaitAsync(Patience);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task ReadAllAsync()
    {
        try
        {
            while (await ReceiveAsync() is { } frame)
            {
                if (frame.GetProperty("type").GetString() == "event") _events.Writer.TryWrite(frame);
                else _responses.GetOrAdd(frame.GetProperty("id").GetString()!, _ => Channel.CreateUnbounded<JsonElement>()).Writer.TryWrite(frame);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The connection is gone, by the gateway's doing or by the test's.
        }
        finally
        {
            _events.Writer.TryComplete();
            foreach (var (_, waiting) in _responses) waiting.Writer.TryComplete();
        }
    }

    private async Task<JsonElement?> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return null;
            }
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return JsonElement.Parse(message.GetBuffer().AsSpan(0, (int)message.Length));
        }
    }
}
