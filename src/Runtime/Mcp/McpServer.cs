using System.Text.Json;
using Models;
using Runtime.Mcp.Definitions;
using Runtime.Mcp.Protocol;
using Runtime.Mcp.Transports;
using Runtime.Tools;

namespace Runtime.Mcp;

/// <summary>
/// One server: started when it is first needed, again after it went, ever later while it fails, and given up to rest when nobody calls. Of its
/// tools those are offered that its owner approved, word for word as they were then. Safe for several threads.
/// </summary>
internal sealed class McpServer : IAsyncDisposable
{
    private readonly Func<McpServerSettings, CancellationToken, Task<IMcpTransport>> _open;
    private readonly ToolPins _pins;
    private readonly TimeProvider _time;
    private readonly Action<McpServer, McpChange> _changed;
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly SemaphoreSlim _calls;
    private readonly Queue<DateTimeOffset> _starts = new();
    private readonly ITimer _rest;
    private readonly Lock _lock = new();
    private volatile McpConnection? _connection;
    private volatile IReadOnlyList<ToolDefinition>? _current;
    private (IReadOnlyList<ToolDefinition>? Pins, IReadOnlyList<ToolDefinition>? Current, IReadOnlyList<McpTool> Tools, IReadOnlyList<string> Unusable)? _view;
    private DateTimeOffset _notBefore;
    private int _failures, _waiting, _listing;
    private string? _problem;
    private bool _isDisposed;

    /// <param name="settings">What its owner set.</param>
    /// <param name="open">Opens the way to it.</param>
    /// <param name="pins">What its owner approved.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Hears of tools that are not those that were approved.</param>
    public McpServer(McpServerSettings settings, Func<McpServerSettings, CancellationToken, Task<IMcpTransport>> open, ToolPins pins, TimeProvider time, Action<McpServer, McpChange> changed)
    {
        (Settings, _open, _pins, _time, _changed) = (settings, open, pins, time, changed);
        _calls = new SemaphoreSlim(settings.Limits.Calls, settings.Limits.Calls);
        _rest = time.CreateTimer(_ => _ = RestAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What its owner set.</summary>
    public McpServerSettings Settings { get; }

    /// <summary>True where it was never listed, so that nobody knows which tools it has.</summary>
    public bool IsUnknown => _pins.Tools is null;

    /// <summary>The tools it offers to models. The same list while nothing changes.</summary>
    public IReadOnlyList<McpTool> Tools => View().Tools;

    /// <summary>What of its tools, as it listed them last, is not what was approved; nothing where it was not listed yet.</summary>
    public McpChange Change => McpChange.Between(_current is null ? [] : _pins.Tools ?? [], _current ?? []);

    /// <summary>How it stands with it.</summary>
    public McpServerStatus Status()
    {
        var (tools, unusable) = View();
        return new McpServerStatus(
            Settings.Name, _connection is not null ? McpState.Connected : _problem is not null ? McpState.Failed : McpState.Idle,
            [.. tools.Select(t => t.Name)], [.. Change.Waiting.Select(t => t.Name)], unusable, _pins.Problem ?? _problem, _connection?.ServerName ?? "")
        { IsListed = !IsUnknown };
    }

    /// <summary>Starts it where it does not run, and lists its tools. What nobody approved yet is approved by that the first time, for its owner named the server.</summary>
    /// <exception cref="McpException">It fails.</exception>
    public async Task<IReadOnlyList<ToolDefinition>> ListAsync(CancellationToken cancellation)
    {
        await ConnectAsync(cancellation);
        return _current ?? [];
    }

    /// <summary>Approves the tools as the server has them now.</summary>
    /// <exception cref="ModelException">It fails, or they cannot be kept.</exception>
    public async Task<IReadOnlyList<ToolDefinition>> ApproveAsync(CancellationToken cancellation)
    {
        var now = await ListAsync(cancellation);
        _pins.Approve(now);
        return now;
    }

    /// <summary>Approves a change that its owner has seen, if it is still that one.</summary>
    /// <returns>False where the tools are others by now.</returns>
    public bool Approve(McpChange change)
    {
        if (_current is not { } current || Change.Hash != change.Hash) return false;
        _pins.Approve(current);
        return true;
    }

    /// <summary>Calls a tool.</summary>
    /// <exception cref="McpException">The server fails, or its tool is not the one that was approved.</exception>
    public async Task<ToolResult> CallAsync(ToolDefinition tool, ToolArguments arguments, Action<string>? progress, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _waiting) > McpLimits.MostWaiting + Settings.Limits.Calls)
        {
            Interlocked.Decrement(ref _waiting);
            throw Said($"has {McpLimits.MostWaiting} calls waiting already; try again later");
        }
        try
        {
            await _calls.WaitAsync(cancellation);
            try { return await CallAsync(tool, arguments, progress, mayBeginAnew: true, cancellation); }
            finally { _calls.Release(); }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            if (!_isDisposed && Settings.Command is not null) _rest.Change(McpLimits.Idle, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await _rest.DisposeAsync();
        if (Interlocked.Exchange(ref _connection, null) is { } connection) await connection.DisposeAsync();
    }

    private async Task<ToolResult> CallAsync(ToolDefinition tool, ToolArguments arguments, Action<string>? progress, bool mayBeginAnew, CancellationToken cancellation)
    {
        var connection = await ConnectAsync(cancellation);
        if (_current?.FirstOrDefault(t => t.Name == tool.Name) is not { } now) throw Said($"does not offer {tool.Name} any more");
        if (now != tool) throw new McpException($"{tool.Name} of {Settings.Name} is not what its owner approved: its description or arguments changed. It waits for the owner's word (`appliance mcp tools {Settings.Name}`).");
        try
        {
            var result = McpContent.Of(await connection.RequestAsync("tools/call", to =>
            {
                to.WriteString("name", tool.Name);
                to.WritePropertyName("arguments");
                arguments.Json.WriteTo(to);
            }, Settings.Limits.Call, progress, cancellation));
            (_failures, _problem) = (0, null);
            return result;
        }
        catch (McpException e) when (e.IsSessionOver && mayBeginAnew)
        {
            // It was not done: a server that was started anew knows nothing of the session.
            await DropAsync(connection, null);
            return await CallAsync(tool, arguments, progress, mayBeginAnew: false, cancellation);
        }
        catch (McpException e)
        {
            throw Said(e.Message, e);
        }
    }

    private async Task<McpConnection> ConnectAsync(CancellationToken cancellation)
    {
        await _starting.WaitAsync(cancellation);
        try
        {
            if (_connection is { } running)
            {
                if (!running.Ended.IsCompleted) return running;
                await DropAsync(running, await running.Ended);
            }
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            RequireMayStart();
            McpConnection? connection = null;
            try
            {
                connection = new McpConnection(await _open(Settings, cancellation), _time);
                await connection.InitializeAsync(ClientVersion, McpLimits.Start, cancellation);
                connection.ToolsChanged += () => _ = ListAgainAsync(connection);
                Know(await ListAsync(connection, cancellation));
                _connection = connection;
                if (connection.TellsOfChanges) connection.Listen();
                _ = WatchAsync(connection);
                return connection;
            }
            catch (Exception e)
            {
                if (connection is not null) await connection.DisposeAsync();
                if (e is not ModelException) throw;
                Failed(e.Message);
                throw Said(e.Message, e);
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    private static string ClientVersion => typeof(McpServer).Assembly.GetName().Version?.ToString(3) ?? "0";

    private void RequireMayStart()
    {
        var now = _time.GetUtcNow();
        if (now < _notBefore) throw Said($"failed: {_problem}. It is tried again in {Math.Ceiling((_notBefore - now).TotalSeconds):0} s");
        while (_starts.TryPeek(out var first) && now - first > TimeSpan.FromHours(1)) _starts.Dequeue();
        if (_starts.Count >= Settings.Limits.Starts) throw Said($"was started {_starts.Count} times within an hour, which is the most it may. It went last because {_problem ?? "it was not needed"}");
        _starts.Enqueue(now);
    }

    // What went by itself is noted when it happens, so that its end is not taken for the next call's.
    private async Task WatchAsync(McpConnection connection)
    {
        var why = await connection.Ended;
        if (!_isDisposed) await DropAsync(connection, why);
    }

    private async Task DropAsync(McpConnection connection, string? why)
    {
        if (Interlocked.CompareExchange(ref _connection, null, connection) != connection) return;
        if (why is not null) Failed(why);
        await connection.DisposeAsync();
    }

    // Once may happen to anybody; what fails again and again is left alone for longer and longer.
    private void Failed(string why)
    {
        _problem = why;
        var failures = Math.Min(++_failures, 20);
        _notBefore = failures == 1 ? default : _time.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(1 << (failures - 2), McpLimits.LongestWait.TotalSeconds));
    }

    private async Task RestAsync()
    {
        if (_connection is { } connection && Volatile.Read(ref _waiting) == 0) await DropAsync(connection, null);
    }

    private async Task<IReadOnlyList<ToolDefinition>> ListAsync(McpConnection connection, CancellationToken cancellation)
    {
        var tools = new Dictionary<string, ToolDefinition>(StringComparer.Ordinal);
        string? cursor = null;
        for (var pages = 0; pages < 32 && tools.Count < McpLimits.MostTools; pages++)
        {
            var page = await connection.RequestAsync("tools/list", cursor is null ? null : to => to.WriteString("cursor", cursor), McpLimits.Start, null, cancellation);
            if (McpConnection.Member(page, "tools") is not { ValueKind: JsonValueKind.Array } items) throw new McpException("its list of tools is none");
            // The first of a name counts.
            foreach (var tool in items.EnumerateArray().Select(ToolDefinition.Read).OfType<ToolDefinition>().Where(t => Settings.Takes(t.Name)))
                if (tools.Count < McpLimits.MostTools) tools.TryAdd(tool.Name, tool);
            if ((cursor = McpConnection.Text(page, "nextCursor")) is null) break;
        }
        return [.. tools.Values];
    }

    private void Know(IReadOnlyList<ToolDefinition> tools)
    {
        _current = tools;
        if (_pins.Tools is not { } pinned)
        {
            _pins.Approve(tools);
            return;
        }
        var change = McpChange.Between(pinned, tools);
        if (change.Waiting.Count > 0) _changed(this, change);
    }

    // One at a time, and a moment after the other: a server that cries all the time is listed now and then.
    private async Task ListAgainAsync(McpConnection connection)
    {
        if (Interlocked.Exchange(ref _listing, 1) != 0) return;
        try
        {
            var tools = await ListAsync(connection, CancellationToken.None);
            if (_connection == connection) Know(tools);
            await Task.Delay(TimeSpan.FromSeconds(1), _time);
        }
        catch (ModelException)
        {
            // Its next start lists them.
        }
        finally
        {
            Volatile.Write(ref _listing, 0);
        }
    }

    private (IReadOnlyList<McpTool> Tools, IReadOnlyList<string> Unusable) View()
    {
        var (pins, current) = (_pins.Tools ?? [], _current);
        lock (_lock)
        {
            if (_view is { } view && ReferenceEquals(view.Pins, pins) && ReferenceEquals(view.Current, current)) return (view.Tools, view.Unusable);
            var (tools, unusable, names) = (new List<McpTool>(), new List<string>(), new HashSet<string>(StringComparer.Ordinal));
            foreach (var definition in pins.Where(t => Settings.Takes(t.Name) && (current is null || current.Contains(t))))
            {
                if (McpTool.Of(this, definition) is { } tool && names.Add(tool.Name)) tools.Add(tool);
                else unusable.Add(definition.Name);
            }
            _view = (pins, current, tools, unusable);
            return (tools, unusable);
        }
    }

    private McpException Said(string what, Exception? inner = null) => new($"The MCP server {Settings.Name}: {what}.", inner);
}
