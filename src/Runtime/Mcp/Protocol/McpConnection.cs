using System.Collections.Concurrent;
using System.Text.Json;
using Runtime.Mcp.Transports;

namespace Runtime.Mcp.Protocol;

/// <summary>
/// One session with a server: requests with their answers, and what the server says by itself. It is offered nothing: no roots, no sampling,
/// no questions. A server that talks without end is cut off. Safe for several threads.
/// </summary>
/// <param name="transport">Carries the messages.</param>
/// <param name="time">The clock.</param>
internal sealed class McpConnection(IMcpTransport transport, TimeProvider time) : IAsyncDisposable
{
    // Revisions this client understands; the first is asked for.
    private static readonly string[] Versions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

    private readonly ConcurrentDictionary<long, Pending> _pending = new();
    private long _last;
    private int _unasked;

    /// <summary>Why it ended, once it has. Never fails.</summary>
    public Task<string> Ended => transport.Ended;

    /// <summary>True where the server tells of changes of its tools.</summary>
    public bool TellsOfChanges { get; private set; }

    /// <summary>What the server calls itself: its own words.</summary>
    public string ServerName { get; private set; } = "";

    /// <summary>The revision of the protocol that was agreed on.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Hears that its tools are no longer those they were.</summary>
    public event Action? ToolsChanged;

    /// <summary>Begins the session.</summary>
    /// <exception cref="McpException">The server is none, or one of another time.</exception>
    public async Task InitializeAsync(string clientVersion, TimeSpan limit, CancellationToken cancellation)
    {
        transport.Begin(Take);
        var answer = await RequestAsync("initialize", to =>
        {
            to.WriteString("protocolVersion", Versions[0]);
            to.WriteStartObject("capabilities");
            to.WriteEndObject();
            to.WriteStartObject("clientInfo");
            to.WriteString("name", "appliance");
            to.WriteString("version", clientVersion);
            to.WriteEndObject();
        }, limit, null, cancellation);
        Version = Text(answer, "protocolVersion") ?? throw new McpException("its answer names no revision of the protocol");
        if (!Versions.Contains(Version)) throw new McpException($"it speaks a revision of MCP that is not known here: {Context.DataText.Visible(Tools.Bounded.Begin(Version, 40))}");
        ServerName = Context.DataText.Visible(Tools.Bounded.Begin(Member(answer, "serverInfo") is { } info ? $"{Text(info, "name")} {Text(info, "version")}" : "", 100)).Trim();
        TellsOfChanges = Member(answer, "capabilities") is { } capabilities && Member(capabilities, "tools") is { } tools && Member(tools, "listChanged") is { ValueKind: JsonValueKind.True };
        transport.Agreed(Version);
        await transport.SendAsync(McpMessages.Notification("notifications/initialized"), null, cancellation);
    }

    /// <summary>Listens to what the server says by itself.</summary>
    public void Listen() => transport.Listen();

    /// <summary>Asks for something and waits for the answer.</summary>
    /// <param name="method">What.</param>
    /// <param name="parameters">Writes the members of the parameters.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="progress">Hears how far it is, in the server's words; null where nobody listens.</param>
    /// <param name="cancellation">Gives up, and tells the server.</param>
    /// <exception cref="McpException">The server refused, was too slow, or went.</exception>
    public async Task<JsonElement> RequestAsync(string method, Action<Utf8JsonWriter>? parameters, TimeSpan limit, Action<string>? progress, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _last);
        var pending = _pending[id] = new Pending(progress);
        using var clock = new CancellationTokenSource(limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, clock.Token);
        try
        {
            var sent = transport.SendAsync(McpMessages.Request(id, method, to =>
            {
                parameters?.Invoke(to);
                if (progress is null) return;
                to.WriteStartObject("_meta");
                to.WriteNumber("progressToken", id);
                to.WriteEndObject();
            }), id, stop.Token);
            // Who carries the answer fails where none comes.
            await await Task.WhenAny(pending.Answer.Task, sent);
            var first = await Task.WhenAny(pending.Answer.Task, transport.Ended).WaitAsync(stop.Token);
            return first == pending.Answer.Task ? await pending.Answer.Task : throw new McpException(await transport.Ended);
        }
        catch (OperationCanceledException)
        {
            if (method != "initialize") await GiveUpAsync(id, cancellation.IsCancellationRequested ? "cancelled" : "timeout");
            cancellation.ThrowIfCancellationRequested();
            throw new McpException($"it did not answer in {limit.TotalSeconds:0.#} s");
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => transport.DisposeAsync();

    /// <summary>A member that is there, or null.</summary>
    internal static JsonElement? Member(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : null;

    /// <summary>A text that is one, or null.</summary>
    internal static string? Text(JsonElement of, string name)
    {
        if (Member(of, name) is not { ValueKind: JsonValueKind.String } value) return null;
        try { return value.GetString(); }
        catch (InvalidOperationException) { return null; }
    }

    private async Task GiveUpAsync(long id, string why)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await transport.SendAsync(McpMessages.Notification("notifications/cancelled", to =>
            {
                to.WriteNumber("requestId", id);
                to.WriteString("reason", why);
            }), null, patience.Token);
        }
        catch (Exception e) when (e is Models.ModelException or OperationCanceledException)
        {
            // It was asked to stop; more cannot be done.
        }
    }

    // Batches were in one revision and are gone: no server needs them to be understood.
    private void Take(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object) throw new McpException("it sent something that is no message");
        if (Text(message, "method") is { } method) TakeUnasked(message, method);
        else if (Member(message, "id") is { ValueKind: JsonValueKind.Number } id && id.TryGetInt64(out var number) && _pending.TryGetValue(number, out var pending)) Answer(message, pending);
        // An answer to what nobody waits for any more.
        else Count();
    }

    private void Answer(JsonElement message, Pending pending)
    {
        Volatile.Write(ref _unasked, 0);
        if (Member(message, "result") is { } result) pending.Answer.TrySetResult(result);
        else pending.Answer.TrySetException(new McpException($"it refused: {Tools.Bounded.Begin(Member(message, "error") is { } error ? Text(error, "message") ?? "" : "", 1000)}"));
    }

    private void TakeUnasked(JsonElement message, string method)
    {
        Count();
        if (Member(message, "id") is { ValueKind: JsonValueKind.Number or JsonValueKind.String } id)
        {
            _ = SendQuietlyAsync(method == "ping" ? McpMessages.Nothing(id) : McpMessages.NotOffered(id));
            return;
        }
        var parameters = Member(message, "params") ?? default;
        if (method == "notifications/tools/list_changed") ToolsChanged?.Invoke();
        else if (method == "notifications/progress" && Member(parameters, "progressToken") is { ValueKind: JsonValueKind.Number } token && token.TryGetInt64(out var id2) && _pending.GetValueOrDefault(id2)?.Progress is { } hear)
            hear(Context.DataText.Visible(Tools.Bounded.Begin(Text(parameters, "message") ?? $"{Member(parameters, "progress")}", 200)));
    }

    private void Count()
    {
        if (Interlocked.Increment(ref _unasked) > McpLimits.MostUnasked) throw new McpException($"it sent more than {McpLimits.MostUnasked} messages that nobody asked for");
    }

    private async Task SendQuietlyAsync(byte[] message)
    {
        try { await transport.SendAsync(message, null, CancellationToken.None); }
        catch (Models.ModelException) { }
    }

    private sealed record Pending(Action<string>? Progress)
    {
        public TaskCompletionSource<JsonElement> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
