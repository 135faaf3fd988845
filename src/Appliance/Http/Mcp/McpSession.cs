using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Appliance.Gateway.Identity;
using Appliance.Hosting;

namespace Appliance.Http.Mcp;

/// <summary>One client's session: what it asked and is being answered, and the streams it is told by. Safe for several threads.</summary>
/// <param name="owner">Who may use it.</param>
/// <param name="server">What it offers.</param>
/// <param name="now">The time.</param>
/// <param name="onBug">Hears of faults that are no request's.</param>
internal sealed class McpSession(string owner, IMcpServer server, DateTimeOffset now, Action<Exception> onBug) : IDisposable
{
    /// <summary>Most requests being answered at once.</summary>
    public const int MostCalls = 16;

    /// <summary>Most streams kept: those of the last requests.</summary>
    public const int MostStreams = 16;

    /// <summary>Revisions that have this transport, the newest last.</summary>
    public static readonly string[] Versions = ["2025-03-26", "2025-06-18", "2025-11-25"];

    private readonly ConcurrentDictionary<string, CancellationTokenSource> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly ConcurrentQueue<McpStream> _streams = new();
    private string _version = Versions[^1];
    private int _uses;
    private long _lastUsed = now.UtcTicks;
    private long _lastStream;
    private long _lastAsked;

    /// <summary>Its name: 256 random bits.</summary>
    public string Id { get; } = Secret.New();

    /// <summary>Who may use it.</summary>
    public string Owner => owner;

    /// <summary>What it says without being asked: nothing so far, until it ends.</summary>
    public McpStream Unasked { get; } = new(0);

    /// <summary>When it was used last.</summary>
    public DateTimeOffset LastUsed => new(Interlocked.Read(ref _lastUsed), TimeSpan.Zero);

    /// <summary>True while nothing in it is read or being answered.</summary>
    public bool IsIdle => Volatile.Read(ref _uses) == 0 && _calls.IsEmpty;

    /// <summary>A connection uses it, until the result is disposed.</summary>
    public IDisposable Use(DateTimeOffset at)
    {
        Interlocked.Increment(ref _uses);
        Interlocked.Exchange(ref _lastUsed, at.UtcTicks);
        return new Use1(this);
    }

    /// <summary>Takes a message. A request is answered whether or not its client stays: it can come back for the answer.</summary>
    /// <returns>The stream that ends with a request's answer; null for all else.</returns>
    public McpStream? Take(McpMessage message)
    {
        if (message.IsRequest) return Answer(message, message.Id!.Value);
        if (message.Method is null) Answered(message);
        else if (message.Method == "notifications/cancelled" && message.Parameter("requestId") is { } id && _calls.TryGetValue(id.GetRawText(), out var call)) call.Cancel();
        return null;
    }

    /// <summary>A stream and the event after which it is to go on, by the name of that event; null where it is not kept.</summary>
    public (McpStream Stream, long Seen)? Find(string lastEvent)
    {
        var at = lastEvent.IndexOf(':');
        if (at < 0 || !long.TryParse(lastEvent.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || !long.TryParse(lastEvent.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seen)) return null;
        return _streams.FirstOrDefault(stream => stream.Id == id) is { } stream ? (stream, seen) : null;
    }

    /// <summary>Asks the client something within a request of its own.</summary>
    public async Task<JsonElement> AskAsync(McpStream stream, string method, JsonElement parameters, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _lastAsked);
        var answer = _asked[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            stream.Add(McpFrames.Ask(id, method, parameters));
            return await answer.Task.WaitAsync(cancellation);
        }
        finally
        {
            _asked.TryRemove(id, out _);
        }
    }

    /// <summary>Ends it: what is being answered is cancelled.</summary>
    public void Dispose()
    {
        foreach (var call in _calls.Values) call.Cancel();
        Unasked.End();
    }

    private McpStream Answer(McpMessage message, JsonElement id)
    {
        var stream = new McpStream(Interlocked.Increment(ref _lastStream));
        _streams.Enqueue(stream);
        while (_streams.Count > MostStreams) _streams.TryDequeue(out _);
        var cancellation = new CancellationTokenSource();
        if (_calls.Count >= MostCalls || !_calls.TryAdd(id.GetRawText(), cancellation))
        {
            stream.Add(McpFrames.Error(id, McpFault.InvalidRequest, $"A request of that id is being answered, or {MostCalls} are, which is the most."));
            stream.End();
            return stream;
        }
        if (message.Method == "initialize") _version = Agree(message);
        // So that whoever is cut off before the answer knows where to go on; clients of before do not know events without a message.
        else if (_version == Versions[^1]) stream.Add(null);
        _ = Task.Run(() => AnswerAsync(message, id, stream, cancellation));
        return stream;
    }

    private async Task AnswerAsync(McpMessage message, JsonElement id, McpStream stream, CancellationTokenSource cancellation)
    {
        try
        {
            var result = message.Method switch
            {
                "initialize" => Initialize(),
                "ping" => JsonElement.Parse("{}"u8),
                _ => await server.AnswerAsync(new McpCall(this, stream, message), cancellation.Token),
            };
            // What was cancelled is not answered, whatever became of it.
            if (!cancellation.IsCancellationRequested) stream.Add(McpFrames.Result(id, result));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Nor is what gave up for it.
        }
        catch (McpFault e)
        {
            stream.Add(McpFrames.Error(id, e.Code, e.Message));
        }
        catch (Exception e)
        {
            onBug(e);
            stream.Add(McpFrames.Error(id, McpFault.InternalError, "Internal error. The gateway's output has the details."));
        }
        stream.End();
        _calls.TryRemove(id.GetRawText(), out _);
    }

    private JsonElement Initialize() => JsonElement.Parse(McpFrames.Object(to =>
    {
        to.WriteString("protocolVersion", _version);
        to.WritePropertyName("capabilities");
        server.Capabilities.WriteTo(to);
        to.WriteStartObject("serverInfo");
        to.WriteString("name", "appliance");
        to.WriteString("version", ProductVersion.Text);
        to.WriteEndObject();
    }));

    // A revision that is not known here is answered with the newest that is.
    private static string Agree(McpMessage message) =>
        message.Parameter("protocolVersion") is { ValueKind: JsonValueKind.String } asked && Array.Find(Versions, version => asked.ValueEquals(version)) is { } known ? known : Versions[^1];

    private void Answered(McpMessage message)
    {
        if (message.Id is not { ValueKind: JsonValueKind.Number } id || !id.TryGetInt64(out var number) || !_asked.TryGetValue(number, out var asked)) return;
        if (message.Result is { } result) asked.TrySetResult(result);
        else asked.TrySetException(new McpFault(McpFault.InternalError, "The client refused what it was asked."));
    }

    private sealed class Use1(McpSession session) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref session._uses);
    }
}
