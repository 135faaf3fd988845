using System.Text.Json;
using Models;
using Models.Egress;
using Runtime.Browser.Cdp;

namespace Runtime.Browser;

/// <summary>
/// The browser of the box: one, begun when somebody first needs it, closed when nobody has for a while. Each conversation has pages of its
/// own that no other sees. Safe for several threads.
/// </summary>
/// <param name="settings">What browser there is; asked for at each start.</param>
/// <param name="egress">The owner's rules for what may leave the machine.</param>
/// <param name="time">The clock.</param>
public sealed class BrowserHost(Func<BrowserSettings> settings, EgressPolicy egress, TimeProvider time) : IDisposable
{
    /// <summary>Conversations that may have pages at once; the one that used them least lately gives way.</summary>
    public const int MostTabs = 4;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _lock = new(1, 1);
    private readonly Dictionary<string, BrowserTab> _tabs = new(StringComparer.Ordinal);
    private Running? _running;
    private ITimer? _idle;
    private long _usedAt;
    private bool _isDisposed;

    /// <summary>Opens the way out; tests give one that reaches their own pages.</summary>
    internal Func<EgressPolicy, PublicDoor> MakeDoor { get; init; } = policy => new PublicDoor(policy);

    /// <summary>The process of the browser, while there is one.</summary>
    internal Task? Ended => _running?.Process.Pipe.Ended;

    /// <summary>Where the browser writes, while there is one.</summary>
    internal string? Folder => _running?.Process.Folder;

    /// <summary>The pages of a conversation, if it has any.</summary>
    internal BrowserTab? Find(string session)
    {
        lock (_tabs) return _tabs.GetValueOrDefault(session);
    }

    /// <summary>Why a host was last refused on the way out, or null.</summary>
    internal string? RefusalOf(string host) => _running?.Proxy.RefusalOf(host);

    /// <summary>The pages of a conversation; the browser is begun where there is none.</summary>
    /// <exception cref="ModelException">There is no browser, or it cannot be started.</exception>
    internal async Task<BrowserTab> GetAsync(string session, CancellationToken cancellation)
    {
        await _lock.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_running is { Process.Pipe.Ended.IsCompleted: true }) Stop();
            _usedAt = time.GetTimestamp();
            _running ??= await StartAsync(cancellation);
            if (Find(session) is { } known)
            {
                known.UsedAt = _usedAt;
                return known;
            }
            if (_tabs.Count >= MostTabs) await CloseOldestAsync(cancellation);
            var tab = await BrowserTab.CreateAsync(_running.Process.Pipe, cancellation);
            tab.UsedAt = _usedAt;
            lock (_tabs) _tabs[session] = tab;
            return tab;
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>Closes the pages of a conversation.</summary>
    internal async Task CloseAsync(string session)
    {
        BrowserTab? tab;
        lock (_tabs) _tabs.Remove(session, out tab);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try { await (tab?.CloseAsync(patience.Token) ?? Task.CompletedTask); }
        catch (Exception e) when (e is ModelException or OperationCanceledException)
        {
            // It is gone, or will go with the browser.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Wait();
        try
        {
            _isDisposed = true;
            Stop();
        }
        finally
        {
            _lock.Release();
        }
    }

    private async Task<Running> StartAsync(CancellationToken cancellation)
    {
        var wanted = settings();
        var program = wanted.Find() ?? throw new ModelException(
            wanted.Program is { } missing ? $"There is no browser at {missing}." : "There is no browser on this box. Install Chromium (on Debian: apt install chromium), or set tools.browser.program.");
        var proxy = new PublicProxy(MakeDoor(egress), "browser");
        BrowserProcess? process = null;
        try
        {
            process = new BrowserProcess(program, proxy.Port);
            var pipe = process.Pipe;
            pipe.Heard += Hear;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(StartLimit);
            await pipe.AskAsync("Target.setAutoAttach", null, json =>
            {
                json.WriteBoolean("autoAttach", true);
                json.WriteBoolean("waitForDebuggerOnStart", false);
                json.WriteBoolean("flatten", true);
            }, limit.Token);
            _idle = time.CreateTimer(_ => CloseIdle(wanted.Idle), null, wanted.Idle, wanted.Idle);
            return new Running(process, proxy);
        }
        catch (Exception e) when (e is ModelException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            var why = process?.Complaints is { Length: > 0 } complaint ? complaint : e.Message;
            process?.Dispose();
            proxy.Dispose();
            throw new ModelException($"The browser did not start: {why}", e);
        }
        catch
        {
            process?.Dispose();
            proxy.Dispose();
            throw;
        }
    }

    private void Hear(string method, JsonElement parameters, string? session)
    {
        if (method == "Target.attachedToTarget" && parameters.Member("targetInfo") is { } info && info.Text("type") == "page" && parameters.Text("sessionId") is { } attached && info.Text("targetId") is { } target)
        {
            lock (_tabs) _tabs.Values.FirstOrDefault(tab => tab.Context == info.Text("browserContextId"))?.Attached(attached, target);
        }
        else if (method == "Target.detachedFromTarget" && parameters.Text("sessionId") is { } detached)
        {
            lock (_tabs) foreach (var tab in _tabs.Values) tab.Remove(detached);
        }
        else if (session is not null)
        {
            lock (_tabs) foreach (var tab in _tabs.Values) tab.Heard(method, parameters, session);
        }
    }

    private async Task CloseOldestAsync(CancellationToken cancellation)
    {
        string oldest;
        lock (_tabs) oldest = _tabs.MinBy(tab => tab.Value.UsedAt).Key;
        await CloseAsync(oldest).WaitAsync(cancellation);
    }

    private void CloseIdle(TimeSpan idle)
    {
        if (!_lock.Wait(0)) return;
        try
        {
            bool isUsed;
            lock (_tabs) isUsed = _tabs.Values.Any(tab => tab.Turn.CurrentCount == 0);
            if (!isUsed && time.GetElapsedTime(_usedAt) >= idle) Stop();
        }
        finally
        {
            _lock.Release();
        }
    }

    private void Stop()
    {
        _idle?.Dispose();
        lock (_tabs) _tabs.Clear();
        _running?.Process.Dispose();
        _running?.Proxy.Dispose();
        _running = null;
    }

    private sealed record Running(BrowserProcess Process, PublicProxy Proxy);
}
