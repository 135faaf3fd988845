using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Models.Egress;

namespace Runtime.Mcp.Transports;

/// <summary>
/// MCP's Streamable HTTP transport (revision 2025-11-25): each message is a POST, answered by JSON or by a stream of events; a stream that is
/// cut off is gone on with by its last event's id, and another one brings what the server says by itself. All of it through the one door out.
/// </summary>
/// <param name="client">The way out.</param>
/// <param name="settings">Where to, and how much is taken.</param>
/// <param name="headers">Headers of every request.</param>
internal sealed class HttpTransport(HttpClient client, McpServerSettings settings, IReadOnlyList<KeyValuePair<string, string>> headers) : IMcpTransport
{
    private const string SessionHeader = "Mcp-Session-Id", VersionHeader = "MCP-Protocol-Version", Events = "text/event-stream";
    private const int MostResumptions = 5;
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30), UsualRetry = TimeSpan.FromSeconds(1), Farewell = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();
    private Action<JsonElement> _received = _ => { };
    private volatile string? _session;
    private volatile string? _version;

    /// <inheritdoc/>
    public Task<string> Ended => _ended.Task;

    /// <inheritdoc/>
    public void Begin(Action<JsonElement> received) => _received = received;

    /// <inheritdoc/>
    public void Agreed(string version) => _version = version;

    /// <inheritdoc/>
    public void Listen() => _ = Task.Run(ListenAsync);

    /// <inheritdoc/>
    public async Task SendAsync(byte[] message, long? id, CancellationToken cancellation)
    {
        if (_ended.Task.IsCompleted) throw new McpException(await _ended.Task);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _closing.Token);
        try
        {
            using var request = Request(HttpMethod.Post);
            request.Content = new ByteArrayContent(message) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            request.Headers.Accept.ParseAdd($"application/json, {Events}");
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            Require(response);
            if (_session is null && response.Headers.TryGetValues(SessionHeader, out var given)) _session = given.FirstOrDefault();
            if (id is null) return;
            if (response.Content.Headers.ContentType?.MediaType == Events) await ReadAnswerAsync(response, id.Value, stop.Token);
            else Take(Parse(await ReadAsync(response.Content, stop.Token)));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable(e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        if (_ended.TrySetResult("it was ended") && _session is not null)
        {
            using var patience = new CancellationTokenSource(Farewell);
            try
            {
                using var request = Request(HttpMethod.Delete);
                using var response = await client.SendAsync(request, patience.Token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or EgressException)
            {
                // It will forget the session by itself.
            }
        }
        client.Dispose();
    }

    // Until the answer has come, through as many streams as it takes.
    private async Task ReadAnswerAsync(HttpResponseMessage response, long id, CancellationToken cancellation)
    {
        var reader = new EventReader(await response.Content.ReadAsStreamAsync(cancellation), settings.Limits.Message);
        if (await PumpAsync(reader, id, cancellation)) return;
        for (var tries = 0; reader.LastId is { } last && tries < MostResumptions; tries++)
        {
            await Task.Delay(reader.Retry is { } asked && asked < LongestRetry ? asked : UsualRetry, cancellation);
            using var rest = await client.SendAsync(Resume(last), HttpCompletionOption.ResponseHeadersRead, cancellation);
            Require(rest);
            reader = new EventReader(await rest.Content.ReadAsStreamAsync(cancellation), settings.Limits.Message);
            if (await PumpAsync(reader, id, cancellation)) return;
        }
        throw new McpException("it ended its answer before the end");
    }

    private HttpRequestMessage Resume(string? last)
    {
        var request = Request(HttpMethod.Get);
        request.Headers.Accept.ParseAdd(Events);
        if (last is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
        return request;
    }

    // True once the answer to the request has come.
    private async Task<bool> PumpAsync(EventReader reader, long? id, CancellationToken cancellation)
    {
        try
        {
            while (await reader.NextAsync(cancellation) is { } data)
            {
                var message = Parse(System.Text.Encoding.UTF8.GetBytes(data));
                Take(message);
                if (id is { } wanted && message.ValueKind == JsonValueKind.Object && !message.TryGetProperty("method", out _) && message.TryGetProperty("id", out var own) && own.TryGetInt64(out var answered) && answered == wanted) return true;
            }
        }
        catch (IOException)
        {
            // Cut off: gone on with where there is an event to go on from.
        }
        return false;
    }

    private async Task ListenAsync()
    {
        string? last = null;
        for (var tries = 0; tries < MostResumptions; tries++)
        {
            var wait = UsualRetry;
            try
            {
                using var response = await client.SendAsync(Resume(last), HttpCompletionOption.ResponseHeadersRead, _closing.Token);
                if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType != Events) return;
                var reader = new EventReader(await response.Content.ReadAsStreamAsync(_closing.Token), settings.Limits.Message);
                await PumpAsync(reader, null, _closing.Token);
                (last, wait) = (reader.LastId ?? last, reader.Retry is { } asked && asked < LongestRetry ? asked : wait);
                await Task.Delay(wait, _closing.Token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or EgressException or McpException)
            {
                // What it says by itself is a help, not a need.
                return;
            }
        }
    }

    private void Take(JsonElement message) => _received(message);

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        try { return JsonElement.Parse(json); }
        catch (JsonException e) { throw new McpException("it answered with something that is no message", e); }
    }

    private HttpRequestMessage Request(HttpMethod method)
    {
        var request = new HttpRequestMessage(method, settings.Address);
        request.Options.Set(EgressPolicy.Why, $"mcp {settings.Name}");
        if (_session is { } session) request.Headers.TryAddWithoutValidation(SessionHeader, session);
        if (_version is { } version) request.Headers.TryAddWithoutValidation(VersionHeader, version);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private void Require(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode) return;
        if (response.StatusCode == HttpStatusCode.NotFound && _session is not null)
        {
            _ended.TrySetResult("it has ended the session");
            throw new McpException("it has ended the session") { IsSessionOver = true };
        }
        throw new McpException(response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"it answered {status}: it wants other credentials. Set mcp.servers.{settings.Name}.token",
            HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotFound => $"it answered {status}: {EgressPolicy.Redact(settings.Address!)} is no MCP endpoint (Streamable HTTP)",
            _ => $"it answered {status}",
        });
    }

    private async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        using var stream = await content.ReadAsStreamAsync(cancellation);
        var body = new MemoryStream();
        var piece = new byte[16 * 1024];
        while (await stream.ReadAsync(piece, cancellation) is > 0 and var read)
        {
            body.Write(piece, 0, read);
            if (body.Length > settings.Limits.Message) throw new McpException($"it sent a message of more than {settings.Limits.Message} bytes");
        }
        return body.ToArray();
    }

    private McpException Unreachable(Exception e) =>
        e.InnerException is EgressException refused ? new McpException(refused.Message, e) : new McpException($"{EgressPolicy.Redact(settings.Address!)} cannot be reached: {e.Message}", e);
}
