using System.Collections.Concurrent;
using Models;
using Models.Egress;
using Models.Store;
using Runtime.Approvals;
using Runtime.Exec.Paths;
using Runtime.Mcp.Definitions;
using Runtime.Mcp.Transports;
using Runtime.Sandbox;
using Runtime.Tools;

namespace Runtime.Mcp;

/// <summary>
/// The servers of the Model Context Protocol whose tools agents may call: programs in the sandbox, and others through the one door out. None
/// is started before it is needed. Safe for several threads.
/// </summary>
public sealed class McpBook : IToolSource, IAsyncDisposable
{
    // A turn waits no longer for servers that nobody knows yet; what comes later is there for the next one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _folder;
    private readonly Lazy<EgressDoor> _door;
    private readonly CommandSandbox _sandbox;
    private readonly ApprovalBook? _approvals;
    private readonly Action<string> _note;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    // What the owner is being asked about: once at a time.
    private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<McpServer> _servers = [];
    private (IReadOnlyList<McpTool>[] Of, IReadOnlyList<Tool> Tools)? _tools;

    /// <summary>No servers, until <see cref="Set"/>.</summary>
    /// <param name="home">The home folder: below <c>mcp</c> are the servers' own folders, and what of their tools was approved.</param>
    /// <param name="egress">The owner's rules for what may leave the machine.</param>
    /// <param name="sandbox">What holds programs back.</param>
    /// <param name="approvals">Where the owner is asked about tools that changed; null where nobody is.</param>
    /// <param name="note">Hears what the owner should know.</param>
    /// <param name="time">The clock.</param>
    public McpBook(string home, EgressPolicy egress, CommandSandbox sandbox, ApprovalBook? approvals, Action<string> note, TimeProvider time)
    {
        (_folder, _sandbox, _approvals, _note, _time) = (Path.Combine(home, "mcp"), sandbox, approvals, note, time);
        _door = new Lazy<EgressDoor>(() => new EgressDoor(egress));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tool> Tools
    {
        get
        {
            var servers = _servers;
            if (servers.Count == 0) return [];
            var lists = servers.Select(s => s.Tools).ToArray();
            lock (_lock)
            {
                if (_tools is not { } known || !Enumerable.SequenceEqual(known.Of, lists, ReferenceEqualityComparer.Instance)) _tools = known = (lists, [.. lists.SelectMany(l => l)]);
                return known.Tools;
            }
        }
    }

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        var unknown = _servers.Where(s => s.IsUnknown).Select(s => TryListAsync(s)).ToArray();
        if (unknown.Length > 0) await Task.WhenAny(Task.WhenAll(unknown), Task.Delay(Patience, _time, cancellation));
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Puts other servers in the place of those before. Those that stay as they were stay connected; the others end.</summary>
    public void Set(IReadOnlyList<McpServerSettings> settings)
    {
        lock (_lock)
        {
            var before = _servers.ToDictionary(s => s.Settings.Name, StringComparer.Ordinal);
            List<McpServer> next = [];
            foreach (var one in settings)
            {
                if (before.Remove(one.Name, out var same) && same.Settings.Fingerprint == one.Fingerprint) next.Add(same);
                else
                {
                    _ = same?.DisposeAsync().AsTask();
                    next.Add(new McpServer(one, OpenAsync, new ToolPins(PinsOf(one.Name)), _time, Changed));
                }
            }
            foreach (var gone in before.Values) _ = gone.DisposeAsync().AsTask();
            _servers = next;
        }
    }

    /// <summary>How it stands with each. Starts none.</summary>
    public IReadOnlyList<McpServerStatus> Status() => [.. _servers.Select(s => s.Status())];

    /// <summary>Why a program cannot be started at all: it is not here, or its folder is not. Null where it can be tried, and for a server elsewhere. Starts nothing.</summary>
    public string? WhyNotStart(McpServerSettings settings)
    {
        try
        {
            if (settings.Address is null) FindProgram(settings);
            return null;
        }
        catch (McpException e)
        {
            return e.Message;
        }
    }

    /// <summary>Starts a server where it does not run, and lists its tools.</summary>
    /// <exception cref="ModelException">There is none of that name, or it fails.</exception>
    public async Task<(IReadOnlyList<ToolDefinition> Tools, McpServerStatus Status)> ListAsync(string name, CancellationToken cancellation)
    {
        var server = Find(name);
        return (await server.ListAsync(cancellation), server.Status());
    }

    /// <summary>What of a server's tools, as it listed them last, is not what was approved.</summary>
    /// <exception cref="ModelException">There is none of that name.</exception>
    public McpChange Change(string name) => Find(name).Change;

    /// <summary>Approves the tools of a server as they are now; it is started where it does not run.</summary>
    /// <exception cref="ModelException">There is none of that name, it fails, or they cannot be kept.</exception>
    public Task<IReadOnlyList<ToolDefinition>> ApproveAsync(string name, CancellationToken cancellation) => Find(name).ApproveAsync(cancellation);

    /// <summary>Calls a tool for the owner, who is asked nothing: the policy of agents is <see cref="ToolRunner"/>'s.</summary>
    /// <param name="name">The server.</param>
    /// <param name="tool">The tool, as the server names it.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ModelException">There is no such server or approved tool, or the server fails.</exception>
    public async Task<ToolResult> CallAsync(string name, string tool, ToolArguments arguments, CancellationToken cancellation)
    {
        var server = Find(name);
        await server.ListAsync(cancellation);
        var found = server.Tools.FirstOrDefault(t => t.Definition.Name == tool) ?? throw new McpException($"The MCP server {name} has no tool {tool} that is approved. `appliance mcp tools {name}` shows those it has.");
        return await server.CallAsync(found.Definition, arguments, null, cancellation);
    }

    /// <summary>Forgets what was approved of a server, so that its next listing begins anew.</summary>
    public void Forget(string name)
    {
        if (McpServerSettings.IsName(name) && File.Exists(PinsOf(name))) File.Delete(PinsOf(name));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var servers = _servers;
        _servers = [];
        foreach (var server in servers) await server.DisposeAsync();
        if (_door.IsValueCreated) _door.Value.Dispose();
    }

    private McpServer Find(string name) => _servers.FirstOrDefault(s => s.Settings.Name == name) ?? throw new McpException($"There is no MCP server {name}, or it is not enabled. `appliance mcp list` shows those there are.");

    private string PinsOf(string name) => Path.Combine(_folder, $"{name}.json");

    private async Task TryListAsync(McpServer server)
    {
        try { await server.ListAsync(CancellationToken.None); }
        catch (ModelException e) { _note(e.Message); }
        catch (ObjectDisposedException) { }
    }

    private async Task<IMcpTransport> OpenAsync(McpServerSettings settings, CancellationToken cancellation)
    {
        if (settings.Address is null) return await Task.Run(() => StartProgram(settings), cancellation);
        return new HttpTransport(_door.Value.CreateHttpClient(), settings, settings.Headers());
    }

    private StdioTransport StartProgram(McpServerSettings settings)
    {
        var own = HomeFolder.EnsureFolder(Path.Combine(HomeFolder.EnsureFolder(_folder), settings.Name));
        var temporary = Directory.CreateDirectory(Path.Combine(own, "tmp")).FullName;
        var (place, programs, path, real) = FindProgram(settings);
        IReadOnlyList<KeyValuePair<string, string>> environment =
            [new("PATH", programs.SearchPath), new("HOME", own), new("TMPDIR", temporary), new("LANG", "C.UTF-8"), .. settings.Environment()];
        var folders = new SandboxFolders(place.Root, own, [.. settings.Readable.Select(Workspace.RealPath).OfType<string>(), .. SandboxFolders.InstallationOf(real) is { } installed ? [installed] : Array.Empty<string>()]);
        var limits = new SandboxLimits
        {
            Memory = settings.Limits.Memory,
            Processes = settings.Limits.Processes,
            Processor = TimeSpan.FromDays(1),
            Time = Timeout.InfiniteTimeSpan,
            HasNetwork = settings.HasNetwork,
        };
        var program = new SandboxProgram(path, [settings.Command!, .. settings.Arguments], place.Root, environment);
        return new StdioTransport(_sandbox.Start([program], folders, limits, new OutputBuffer(limits.Output), wantsInput: true, isOutputApart: true), settings.Limits.Message);
    }

    private (Workspace Place, ProgramFinder Programs, string Path, string Real) FindProgram(McpServerSettings settings)
    {
        if (settings.Folder is { } folder && !Directory.Exists(folder)) throw new McpException($"its folder {folder} does not exist");
        var place = new Workspace(settings.Folder ?? Path.Combine(_folder, settings.Name));
        var programs = new ProgramFinder(place, Environment.GetEnvironmentVariable("PATH"));
        var path = settings.Command!.Contains('/') ? settings.Command! : programs.Find(settings.Command!) ?? throw new McpException($"{settings.Command} is not installed here");
        if (!Path.IsPathFullyQualified(path) || Workspace.RealPath(path) is not { } real || !File.Exists(real)) throw new McpException($"{settings.Command} is no program's name or whole path");
        return (place, programs, path, real);
    }

    // Where somebody is there who may say so, they are asked; otherwise it waits for `appliance mcp tools`.
    private void Changed(McpServer server, McpChange change)
    {
        var names = string.Join(", ", change.Waiting.Select(t => DisplayText.Escape(t.Name)));
        _note($"The MCP server {server.Settings.Name} has tools that are not those that were approved: {names}. They are withheld until `appliance mcp tools {server.Settings.Name} --approve`.");
        var key = $"{server.Settings.Name} {change.Hash}";
        if (_approvals is not null && _asked.TryAdd(key, true)) _ = AskAsync(server, change, _approvals, key);
    }

    private async Task AskAsync(McpServer server, McpChange change, ApprovalBook approvals, string key)
    {
        try
        {
            var asked = await approvals.AskAsync(new ApprovalRequest("plugin", DisplayText.Escape(change.ToText()))
            {
                Tool = $"mcp {server.Settings.Name}",
                Warning = $"The MCP server {server.Settings.Name} changed what its tools say or take since you approved them. Allow them as they are now?",
            }, CancellationToken.None);
            if (asked.IsAllowed && !server.Approve(change)) _note($"The tools of the MCP server {server.Settings.Name} changed again before that was approved; nothing was.");
        }
        catch (ModelException e)
        {
            _note(e.Message);
        }
        finally
        {
            _asked.TryRemove(key, out _);
        }
    }
}
