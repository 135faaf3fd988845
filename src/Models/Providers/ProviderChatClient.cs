using System.Buffers;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Models.Egress;
using Models.Generation;
using Models.Providers.Wire;

namespace Models.Providers;

/// <summary>
/// A model elsewhere as an <see cref="IChatClient"/>, over the one door out. One call is one try, but for a key that is not taken or used
/// up while there is another: who asks decides about everything else. Safe for several threads.
/// </summary>
public sealed class ProviderChatClient : IChatClient
{
    private const int LongestError = 16 * 1024;

    private readonly IWire _wire;
    private readonly Upstream _upstream;
    private readonly KeyRing _keys;
    private readonly HttpClient _client;
    private readonly Uri _address;

    /// <summary>A client for a model.</summary>
    /// <param name="wire">How it is spoken to.</param>
    /// <param name="upstream">Where it is.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="door">The way out.</param>
    public ProviderChatClient(ProviderWire wire, Upstream upstream, KeyRing keys, EgressDoor door)
    {
        _wire = wire switch { ProviderWire.Anthropic => new AnthropicWire(), ProviderWire.Ollama => new OllamaWire(), _ => new OpenAiWire() };
        (_upstream, _keys, _client) = (upstream, keys, door.CreateHttpClient());
        // Who asks has patience of its own.
        _client.Timeout = Timeout.InfiniteTimeSpan;
        _address = new Uri($"{upstream.Address.AbsoluteUri.TrimEnd('/')}/{_wire.Path}");
    }

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ProviderException">It did not answer, or not to the end.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var body = Write([.. messages], options ?? new ChatOptions());
        var sent = options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.Sent, out Action<int>? hears) == true ? hears : null;
        using var response = await SendAsync(body, sent, cancellationToken);
        var answer = new AnswerAssembler(_upstream.Model);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var lines = new LineReader(stream);
        while (await NextAsync(lines, cancellationToken) is { } data)
        {
            var (updates, isEnd) = Read(data, answer);
            foreach (var update in updates) yield return update;
            if (isEnd) break;
        }
        if (!answer.IsWhole) throw new ProviderException(UpstreamFault.Cut, $"{_upstream.Name} broke its answer off: the connection ended before it.");
        yield return answer.End();
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(_wire.Name, _upstream.Address, _upstream.Model)
        : serviceType.IsInstanceOfType(this) ? this : null;

    /// <summary>Lets go of its client; connections are the door's.</summary>
    public void Dispose() => _client.Dispose();

    private byte[] Write(IReadOnlyList<ChatMessage> messages, ChatOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WireJson.Options)) _wire.Write(json, _upstream, messages, options);
        return buffer.WrittenSpan.ToArray();
    }

    private async Task<HttpResponseMessage> SendAsync(byte[] body, Action<int>? sent, CancellationToken cancellation)
    {
        // Each key once, and once more where one was exchanged meanwhile.
        for (var tries = 0; ; tries++)
        {
            var key = NextKey();
            try
            {
                return await SendAsync(body, key?.Key, sent, cancellation);
            }
            catch (ProviderException e) when (key is { } used)
            {
                if (!_keys.Failed(used.Place, e.Fault, e.RetryAfter) || tries >= _keys.Count) throw;
            }
        }
    }

    private (string Key, int Place)? NextKey()
    {
        try { return _keys.Next(); }
        catch (ModelException e) { throw new ProviderException(UpstreamFault.NoKey, e.Message, e) { NeverSent = true }; }
    }

    private async Task<HttpResponseMessage> SendAsync(byte[] body, string? key, Action<int>? sent, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Accept", _wire.IsEventStream ? "text/event-stream" : "application/x-ndjson");
        request.Options.Set(EgressPolicy.Why, $"model {_upstream.Name}");
        foreach (var (name, value) in _wire.Headers) request.Headers.TryAddWithoutValidation(name, value);
        if (key is not null && _wire.Key(key) is var header) request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        HttpResponseMessage response;
        try
        {
            response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or EgressException or IOException)
        {
            var fault = UpstreamErrors.FromConnection(_upstream.Name, _address, e, begun: false);
            if (!fault.NeverSent) sent?.Invoke(body.Length);
            throw fault;
        }
        catch (OperationCanceledException)
        {
            // How much had gone by then nobody knows.
            sent?.Invoke(body.Length);
            throw;
        }
        sent?.Invoke(body.Length);
        if (response.IsSuccessStatusCode && !UpstreamErrors.IsPage(response, "")) return response;
        using (response)
        {
            var error = response.IsSuccessStatusCode
                ? new ProviderException(UpstreamFault.BadAnswer, $"{_upstream.Name} answered with a web page. Something else than the model answers at its url: a sign-in page of the network, perhaps.")
                : UpstreamErrors.FromStatus(_upstream.Name, response, await BeginningAsync(response, cancellation));
            throw error;
        }
    }

    private static async Task<string> BeginningAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
            var bytes = new byte[LongestError];
            return Encoding.UTF8.GetString(bytes, 0, await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return "";
        }
    }

    // The data of the next event, or the next line; null at the end.
    private async ValueTask<string?> NextAsync(LineReader lines, CancellationToken cancellation)
    {
        try
        {
            string? data = null;
            while (await lines.ReadAsync(cancellation) is { } line)
            {
                if (!_wire.IsEventStream)
                {
                    if (line.Length > 0) return line;
                }
                else if (line.Length == 0)
                {
                    if (data is not null) return data;
                }
                else if (line.StartsWith("data:", StringComparison.Ordinal))
                {
                    var value = line.AsSpan(line.Length > 5 && line[5] == ' ' ? 6 : 5);
                    data = data is null ? value.ToString() : $"{data}\n{value}";
                }
            }
            return data;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw UpstreamErrors.FromConnection(_upstream.Name, _address, e, begun: true);
        }
    }

    private (List<ChatResponseUpdate> Updates, bool IsEnd) Read(string data, AnswerAssembler answer)
    {
        List<ChatResponseUpdate> updates = [];
        var isEnd = false;
        try
        {
            foreach (var delta in _wire.Read(data))
            {
                if (delta.Fault is { } fault) throw UpstreamErrors.FromStream(_upstream.Name, fault);
                if (answer.Take(delta) is { } update) updates.Add(update);
                isEnd |= delta.IsEnd;
            }
        }
        catch (JsonException e)
        {
            throw new ProviderException(UpstreamFault.BadAnswer, $"{_upstream.Name} sent what is no answer: {e.Message}", e);
        }
        return (updates, isEnd);
    }
}
