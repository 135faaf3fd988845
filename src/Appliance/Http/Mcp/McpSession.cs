using Appliance.Gateway.Identity;
using ModelContextProtocol.Server;

namespace Appliance.Http.Mcp;

/// <summary>One client's session: its transport and the server behind it. Safe for several threads.</summary>
internal sealed class McpSession : IAsyncDisposable
{
    private readonly McpServer _server;
    private readonly CancellationTokenSource _ended = new();
    private int _uses;
    private long _lastUsed;

    /// <summary>Begins a session.</summary>
    /// <param name="owner">Who may use it.</param>
    /// <param name="options">What its server offers.</param>
    /// <param name="now">The time.</param>
    public McpSession(string owner, McpServerOptions options, DateTimeOffset now)
    {
        (Owner, _lastUsed) = (owner, now.UtcTicks);
        Transport = new StreamableHttpServerTransport { SessionId = Id, EventStreamStore = Events };
        _server = McpServer.Create(Transport, options);
        _ = _server.RunAsync(_ended.Token);
    }

    /// <summary>Its name: 256 random bits.</summary>
    public string Id { get; } = Secret.New();

    /// <summary>Who may use it.</summary>
    public string Owner { get; }

    /// <summary>Where its messages go in and out.</summary>
    public StreamableHttpServerTransport Transport { get; }

    /// <summary>What was sent, for clients whose streams were cut off.</summary>
    public McpEvents Events { get; } = new();

    /// <summary>When it was used last.</summary>
    public DateTimeOffset LastUsed => new(Interlocked.Read(ref _lastUsed), TimeSpan.Zero);

    /// <summary>True while no request of it is being answered.</summary>
    public bool IsIdle => Volatile.Read(ref _uses) == 0;

    /// <summary>A request uses it, until the result is disposed.</summary>
    public IDisposable Use(DateTimeOffset now)
    {
        Interlocked.Increment(ref _uses);
        Interlocked.Exchange(ref _lastUsed, now.UtcTicks);
        return new Use1(this);
    }

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _server.DisposeAsync();
        await Transport.DisposeAsync();
        _ended.Dispose();
    }

    private sealed class Use1(McpSession session) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref session._uses);
    }
}
