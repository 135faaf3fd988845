using System.Text.Json;
using Appliance.Config;
using Appliance.Config.Sections;
using Appliance.Gateway.Connections;
using Appliance.Gateway.Connections.WebSockets;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Methods;
using Appliance.Gateway.Outgoing;
using Appliance.Gateway.Protocol;
using Appliance.Hardware;
using Appliance.Hosting;
using Appliance.Update;
using Appliance.Update.Slots;
using Models;
using Models.Egress;
using Models.Generation;
using Models.Routing.Execution;
using Models.Store;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Approvals;
using Runtime.Audit;
using Runtime.Browser;
using Runtime.Canvas;
using Runtime.Exec.Rules;
using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;
using Runtime.Hardware.Kernel;
using Runtime.Hardware.Power;
using Runtime.Hardware.Simulation;
using Runtime.Hardware.Triggers;
using Runtime.Mcp;
using Runtime.Memory;
using Runtime.Memory.Files;
using Runtime.Messages;
using Runtime.Messages.Telegram;
using Runtime.Outbox;
using Runtime.Questions;
using Runtime.Reflexes;
using Runtime.Reflexes.Taught;
using Runtime.Sandbox;
using Runtime.Schedule;
using Runtime.Schedule.Distilling;
using Runtime.Schedule.Heartbeat;
using Runtime.Schedule.Jobs;
using Runtime.Sessions;
using Runtime.Tools;
using Runtime.Tools.Commands;
using Runtime.Tools.Inventory;
using Runtime.Tools.Policy;
using Runtime.Tools.Skills;

namespace Appliance.Gateway;

/// <summary>The gateway, put together: takes WebSockets in, welcomes clients, hands their requests to the methods, ticks, and says when it ends.</summary>
internal sealed class GatewayHost : IConnectionHandler, IAsyncDisposable
{
    // What clients ask of a gateway before they use it (PROTOCOL.md §2).
    private static readonly string[] Capabilities = ["published-model-catalog", "session-scoped-chat-metadata", "session-scoped-model-catalog", "model-catalog-snapshot"];

    // What jobs and triggers may call, whatever their agent may: nobody is there to watch.
    private static readonly Dictionary<string, ToolRules> Channels = new() { [JobTurns.Channel] = ToolRules.Assistant, [TriggerTurns.Channel] = ToolRules.Assistant };

    private readonly TimeProvider _time;
    private readonly Authenticator _authenticator;
    private readonly ConnectionHub _hub;
    private readonly GatewayLog _log;
    private readonly TurnRunner _turns;
    private readonly CronService _cron;
    private readonly Heartbeats _heartbeats;
    private readonly MemoryNights _nights;
    private readonly GatewayMethods _methods;
    private readonly GatewayContext _context;
    private readonly ProcessBook _processes = new();
    private readonly Lazy<ModelInventory> _inventory;
    private readonly McpBook _mcp;
    private readonly Action<Exception> _onBug;
    private readonly MemoryBook _memory;
    private readonly ConfiguredRouter _router;
    private readonly BrowserHost _browser;
    private readonly HardwareBoard _hardware;
    private readonly HardwareTriggers _triggers;
    private readonly ITimer _ticks;
    private readonly ITimer _keepAlives;
    private int _tickCount;
    private int _resumed;

    /// <summary>The gateway over a set of models; its state is in their home folder.</summary>
    /// <param name="models">Where models come from.</param>
    /// <param name="options">How it listens.</param>
    /// <param name="identity">Who may come in.</param>
    /// <param name="startedAt">When the server began.</param>
    /// <param name="onBug">Hears of every fault that is not a request's own.</param>
    public GatewayHost(IModelHost models, ServerOptions options, GatewayIdentity identity, DateTimeOffset startedAt, Action<Exception> onBug)
    {
        var (time, home, pairing) = (options.Time, models.Store.Home, identity.Pairing);
        (_time, _authenticator, _onBug) = (time, identity.Authenticator, onBug);
        _hub = new ConnectionHub(startedAt, time);
        _log = new GatewayLog(home, time);
        var agents = new AgentBook(home, [], time, path => _context!.Config.Current.IsSet(path));
        var approvals = new ApprovalBook(new GrantStore(Path.Combine(home, "exec-grants.json"), time), time);
        var rules = new ExecRulesFile(Path.Combine(home, "exec-approvals.json"));
        var sandbox = new CommandSandbox(docker: () => _context!.Config.Config.Exec.ToDocker());
        var commands = new CommandService(rules, approvals, sandbox, identity.Audit.AppendDurableAsync);
        _memory = new MemoryBook(agents, home, cancellation => models.Encoders.GetEmbedderAsync(null, cancellation), time, message => _log.Write(message, "warn"));
        var (messages, canvas) = (new MessageDelivery(time), new CanvasBook(home));
        var egress = Outbound.Of(options.Config!) with { Heard = new EgressAudit(identity.Audit).Hear };
        // Servers are programs of this machine, whatever commands run in.
        _mcp = new McpBook(home, egress, new CommandSandbox(), approvals, message => _log.Write(message, "warn"), time);
        var questions = new QuestionBook(time);
        _browser = new BrowserHost(() => new BrowserSettings { Program = _context!.Config.Config.Tools.Browser.Program }, egress, time);
        var simulated = options.Config!.Config.Hardware.Simulate ? new SimulatedDevices() : null;
        _hardware = new HardwareBoard(simulated ?? (IDeviceSource)new KernelDevices(), time);
        var box = new BoxHardware(_hardware, simulated, time);
        _triggers = new HardwareTriggers(_hardware, time);
        _hardware.Happened += new HardwareAudit(identity.Audit).Hear;
        _inventory = new(() => new ModelInventory(models, egress));
        var table = new GatewayTools(agents, egress, time)
        {
            Turns = () => _turns!,
            Cron = () => _cron!,
            Memory = _memory,
            Power = () => options.Power?.Value.State ?? PowerState.Normal,
            Commands = commands,
            Processes = _processes,
            Skills = new SkillRunner(rules, approvals, sandbox, identity.Audit.AppendDurableAsync),
            Messages = messages,
            Search = () => _context!.Config.Config.Tools.Web.Search.ToSettings(home),
            Browser = _browser,
            Canvas = canvas,
            Present = (node, key, name, document, cancellation) => _methods!.PresentAsync(node, key, name, document, cancellation),
            Sees = SeesAsync,
            Questions = questions,
            Inventory = () => _inventory.Value,
            Hardware = _hardware,
            Further = _mcp,
        }.Table();
        var tools = new ToolRunner(table, agents.Policy(Channels, person => identity.People.Policy.ToolsOf(person)), new ToolApprover(approvals))
        {
            Starting = new ToolAudit(identity.Audit).BeginAsync,
            MayReach = (person, path, workspace) => identity.People.Policy.MayReach(person, path, workspace) && MemoryFolder.MayReach(path, workspace, person),
        };
        tools.Called += new ToolAudit(identity.Audit).Hear;
        tools.Faulted += onBug;
        _router = new ConfiguredRouter(models, options.Config!, egress, time, (person, model) => identity.People.Policy.MayUse(person, model), what => _log.Write(what, "warn"))
        {
            // A box that no model works on, ours or another program's, has nothing to be spared from.
            Power = () => options.Power is { } power && (power.IsValueCreated || _router!.SharesMachine) ? options.Config!.Config.Power.Of(power.Value) : LocalPower.Whole,
        };
        Models = new RoutedModels(models, _router.Get);
        var reflexes = new ReflexBook(home, time) { Names = _hardware.NamesOf };
        reflexes.Changed += new ReflexAudit(identity.Audit).Hear;
        var offers = new ReflexOffers(reflexes, questions, agents);
        reflexes.Offered += offers.Offered;
        questions.Resolved += offers.Resolved;
        offers.Faulted += onBug;
        _turns = new TurnRunner(new TurnServices(Models, agents, tools, options.Model, time) { Reflexes = reflexes, Approvals = approvals });
        var book = new JobBook(home, time, what => _log.Write(what, "warn"));
        var (jobs, webhook) = (new JobTurns(agents, _turns, book.Notes, time), new JobWebhook(new PublicDoor(egress), () => _context!.Outbox));
        _cron = new CronService(book, async (job, run, cancellation) => await webhook.DeliverAsync(job, run, await jobs.RunAsync(job, run, cancellation), cancellation), time) { Rests = () => options.Spared.DefersJobs };
        _heartbeats = new Heartbeats(agents, _turns, book.Notes, () => _context!.Config.Config.Heartbeat.ToSettings(), time) { Rests = () => options.Spared.DefersBackground };
        _nights = new MemoryNights(agents, _memory, _turns, models, book.Notes, () => _context!.Config.Config.Memory.ToSettings(), time) { DefaultModel = options.Model, Rests = () => options.Spared.DefersBackground, Conversations = agent => Conversations(agent, identity.People.Policy) };
        _context = new GatewayContext(models, options, _hub, pairing, agents, tools, _turns, _log, time)
        {
            Identity = identity,
            Approvals = approvals,
            Questions = questions,
            CommandRules = rules,
            Cron = _cron,
            Heartbeats = _heartbeats,
            Memory = _memory,
            Nights = _nights,
            Messages = messages,
            Canvas = canvas,
            Mcp = _mcp,
            Reflexes = reflexes,
            Hardware = box,
            Egress = egress,
            Telegram = new TelegramChannel(() => _context!.Config.Config.Channels.Telegram.ToSettings(home), egress),
            Outbox = new OutboxBook(
                OutboxBook.PathIn(home), OutboxChannels.All(() => _context!.Telegram, () => webhook, agents, () => _turns!, egress, () => options.Config!.Config.Models.Targets.Values.Select(target => new Uri(target.Url))),
                () => egress.Offline, time, what => _log.Write(what, "warn")),
        };
        agents.Set(AgentConfig.All(_context.Config.Config));
        _mcp.Set(McpServerConfig.All(_context.Config.Config, home));
        _methods = new GatewayMethods(_context, onBug);
        messages.Delivered += _methods.MessageDelivered;
        canvas.Changed += _methods.CanvasChanged;
        agents.HelperGone += _methods.HelperGone;
        pairing.Requested += _methods.DeviceRequested;
        _context.Config.Changed += _methods.AgentsChanged;
        _triggers.Fired += new TriggerTurns(agents, _turns, _cron, _hardware).Begin;
        SetHardware(_context.Config.Config.Hardware);
        _context.Config.Changed += McpChanged;
        _context.Config.Changed += HardwareChanged;
        _context.Config.Changed += OutboxMayGo;
        _context.Config.Changed += VisitorsChanged;
        _context.Config.Changed += _methods.ConfigChanged;
        // Before anybody is asked, or hears of it.
        var asked = new ApprovalAudit(identity.Audit);
        approvals.Requested += asked.Requested;
        approvals.Resolved += asked.Resolved;
        approvals.Requested += _methods.ApprovalRequested;
        approvals.Resolved += _methods.ApprovalEnded;
        _context.Questions.Requested += _methods.QuestionRequested;
        _context.Questions.Resolved += _methods.QuestionEnded;
        approvals.IsAnybodyThere = _methods.IsApproverThere;
        questions.IsAnybodyThere = _methods.IsAnswererThere;
        identity.People.RightsChanged += person => _hub.Close(connection => connection.Principal!.PersonId == person, "rights changed");
        _hub.MayHear = _methods.MayHear;
        // Before clients are told: what they know of stands in the audit log.
        _turns.Happened += new TurnAudit(identity.Audit).Hear;
        var broadcast = new TurnBroadcast(_hub, _methods, time);
        _turns.Happened += broadcast.Tell;
        approvals.Requested += approval => { if (approval.Request.Run is { } run && _turns.Find(run) is { } turn) broadcast.TellWaiting(turn, approval); };
        _turns.Faulted += onBug;
        _cron.Happened += _methods.JobHappened;
        _cron.Faulted += onBug;
        _heartbeats.Happened += _methods.HeartbeatHappened;
        _heartbeats.Faulted += onBug;
        _nights.Happened += new MemoryAudit(identity.Audit).Hear;
        _nights.Faulted += onBug;
        _ticks = time.CreateTimer(_ => SendTick(), null, ProtocolLimits.Tick, ProtocolLimits.Tick);
        // The answers come over a real network, in real time, whatever the gateway's clock says.
        _keepAlives = TimeProvider.System.CreateTimer(_ => _hub.KeepAlive(), null, ProtocolLimits.KeepAlive, ProtocolLimits.KeepAlive);
        _cron.Start();
        _heartbeats.Start();
        _nights.Start();
        _context.Outbox.Wake();
        UpdateAudit.Note(SlotFolder.Here, models.Store.Home, identity.Audit);
    }

    /// <summary>True where a home has work for a gateway that no client has come to yet.</summary>
    public static bool HasWork(ModelStore store, ConfigStore? config)
    {
        if (JobBook.IsIn(store.Home) || OutboxBook.IsIn(OutboxBook.PathIn(store.Home)) || config?.Config.Hardware.IsThere == true) return true;
        var agents = new AgentBook(store.Home, config is null ? [] : AgentConfig.All(config.Config), TimeProvider.System).All;
        return agents.Any(agent => HeartbeatFile.Read(agent) is not null)
            || (store.Newest(ModelKind.Decoder) is not null && agents.Any(agent => new MemoryFolder(agent.Workspace).All().Any(file => MemoryFolder.DayOf(file.Path) is not null)));
    }

    /// <summary>The models of this box and elsewhere, as turns are answered by them.</summary>
    public IModelHost Models { get; }

    /// <summary>What its methods work with, for the doors that are none of the protocol's.</summary>
    public GatewayContext Context => _context;

    /// <summary>What is said of a turn that does not end though it was stopped; null where there is none.</summary>
    public string? StuckTurn => _turns.Stuck is { } turn ? $"the turn {turn.RunId} was stopped for its length and does not end" : null;

    /// <summary>Takes an upgrade request in and serves it until it ends.</summary>
    /// <exception cref="Http.ApiException">It is none of a WebSocket.</exception>
    public async Task AcceptAsync(HttpContext context)
    {
        var stream = await WebSocketHandshake.AcceptAsync(context);
        // A slow reader is this room's own business: its queue has a bound.
        if (context.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        using var connection = new GatewayConnection(new ServerWebSocket(stream, context.Abort, ProtocolLimits.Buffered, _time), Peer.Of(context), _time.GetUtcNow()) { Origin = OriginOf(context.Request) };
        if (!_hub.TryEnter(connection, out var patience)) connection.Close(CloseCode.TryLater, "no room for another connection now");
        try
        {
            await connection.RunAsync(this, patience, _time);
        }
        finally
        {
            _hub.Leave(connection);
            _methods.Disconnected(connection);
        }
    }

    /// <inheritdoc/>
    public void Welcome(GatewayConnection connection, RequestFrame request)
    {
        try
        {
            var connect = ConnectRequest.Parse(RequestParams.Of(request));
            var grant = _authenticator.Connect(connect, connection.Challenge, connection.Peer);
            connection.Admit(grant.Principal, connect);
            connection.Send(FrameWriter.Ok(request.Id, FrameWriter.Payload(Hello(connection, grant))));
            _hub.Admit(connection);
            if (grant.Setup is { } setup) _methods.SetupCompleted(setup);
            if (grant.Principal.Role == Principal.Operator && Interlocked.Exchange(ref _resumed, 1) == 0) _ = Task.Run(Resume);
            _log.Write($"{connect.Client.Id}/{connect.Client.Mode} connected as {grant.Principal.Role} by {grant.Principal.Method} from {From(connection)}");
            if (connect.WantsModelCatalog)
                connection.SendEvent(FrameWriter.Event("models.snapshot", _methods.ModelsSnapshotPayload()), numbered: false);
            if (grant.Principal.Role == Principal.Node) _methods.NodeConnected(connection);
        }
        catch (GatewayException e)
        {
            _log.Write($"refused a connection from {From(connection)}: {e.Details?.Code ?? e.Code}", "warn");
            throw;
        }
        catch (ModelException e)
        {
            throw GatewayException.Unavailable(e.Message);
        }
    }

    /// <inheritdoc/>
    public Task HandleAsync(GatewayConnection connection, RequestFrame request) => _methods.HandleAsync(connection, request);

    /// <summary>Tells everybody that the gateway ends, and closes every connection.</summary>
    public void Close()
    {
        _hub.Broadcast("shutdown", FrameWriter.Payload(new Shutdown("gateway stopping", null)));
        _hub.CloseAll();
    }

    /// <summary>Ends what runs and writes what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ticks.DisposeAsync();
        _context.Config.Changed -= _methods.ConfigChanged;
        _context.Config.Changed -= _methods.AgentsChanged;
        _context.Config.Changed -= McpChanged;
        _context.Config.Changed -= HardwareChanged;
        _context.Config.Changed -= OutboxMayGo;
        _context.Config.Changed -= VisitorsChanged;
        await _keepAlives.DisposeAsync();
        _heartbeats.Dispose();
        _nights.Dispose();
        _cron.Dispose();
        _context.Outbox.Dispose();
        _turns.Dispose();
        _memory.Dispose();
        _router.Dispose();
        _processes.Dispose();
        if (_inventory.IsValueCreated) _inventory.Value.Dispose();
        _browser.Dispose();
        _triggers.Dispose();
        _hardware.Dispose();
        await _mcp.DisposeAsync();
        await Task.WhenAny(_context.Tools.SettledAsync(), Task.Delay(TimeSpan.FromSeconds(5)));
        await _log.DisposeAsync();
    }

    // When the first client is there: turns that a restart cut off have somebody to hear of them, and nothing is read for nobody.
    private void Resume()
    {
        try
        {
            foreach (var agent in _context.Agents.All) _turns.ResumeInterrupted(agent);
        }
        catch (Exception e)
        {
            _onBug(e);
        }
    }

    // What the owner says becomes everybody's memory only where there is nobody else.
    private static IEnumerable<(string SessionKey, string? Person)> Conversations(string agent, AccessPolicy policy)
    {
        var others = policy.People.Where(person => person.Id != Person.OwnerId).ToList();
        return others.Count == 0 ? [(SessionKey.MainOf(agent), null)] : others.Select(person => (SessionKey.MainOf(agent, person.Id), (string?)person.Id));
    }

    // Models of this box read text alone; one elsewhere may see, where it may see that.
    private Task<Microsoft.Extensions.AI.IChatClient?> SeesAsync(CancellationToken cancellation) =>
        Task.FromResult(_router.Get() is { } router && router.Targets.Any(target => target.Target.ReadsImages) ? router.CreateClient() : null);

    // What stands in front may speak TLS where we do not.
    private static string OriginOf(HttpRequest request) => $"{(request.Headers["X-Forwarded-Proto"] is ["https"] ? "https" : request.Scheme)}://{request.Host}";

    private void McpChanged(ConfigChange change)
    {
        if (change.Paths.Any(path => path.Steps is ["mcp", ..])) _mcp.Set(McpServerConfig.All(change.After.Config, _context.Home));
    }

    private void OutboxMayGo(ConfigChange change)
    {
        if (change.Before.Config.Network.Offline != change.After.Config.Network.Offline) _context.Outbox.Wake();
    }

    // Who is here by what is not believed any more must prove it otherwise.
    private void VisitorsChanged(ConfigChange change)
    {
        if (change.Before.Config.Gateway.Auth.AllowTailscale && !change.After.Config.Gateway.Auth.AllowTailscale) _hub.Close(connection => connection.Principal?.Method == "tailscale", "rights changed");
    }

    private void HardwareChanged(ConfigChange change)
    {
        if (change.Paths.Any(path => path.Steps is ["hardware", ..])) SetHardware(change.After.Config.Hardware);
    }

    private void SetHardware(HardwareConfig config)
    {
        _hardware.Set(config.ToSettings());
        _triggers.Set([.. config.Triggers.Select(trigger => trigger.Value.ToSettings(trigger.Key))], config.TriggersPerHour);
    }

    private static string From(GatewayConnection connection) => connection.Peer.IsDirectLoopback ? "this machine" : $"{connection.Peer.Address}";

    private HelloOk Hello(GatewayConnection connection, Grant grant)
    {
        var principal = grant.Principal;
        var agent = _methods.DefaultAgent(principal, connection.Client?.Client.Id);
        // What state there is, is for those who may read it; a probe hears that somebody is there.
        var reads = Scope.Allows(principal.Scopes, Scope.Read) && _methods.SeesAll(principal);
        var health = reads ? _methods.HealthElement() : JsonElement.Parse("""{"ok":true}""");
        return new HelloOk(
            new ServerInfo(ProductVersion.Text, connection.Id, _hub.BootId),
            new Features(_methods.Advertised, GatewayEvents.Names, Capabilities),
            new Snapshot(reads ? _hub.Presence() : [], health, _hub.Version, _hub.UptimeMs, new SessionDefaults(agent, _context.Models.Store.HasAny, "main", SessionOwner.MainOf(principal.PersonId, agent), "per-sender"))
            {
                ConfigPath = principal.Scopes.Contains(Scope.Admin) ? _methods.ConfigPath : null,
                StateDir = principal.Scopes.Contains(Scope.Admin) ? _context.Home : null,
                AuthMode = principal.Scopes.Contains(Scope.Admin) ? "token" : null,
            },
            new HelloAuth(principal.Method, principal.Role, principal.Scopes)
            {
                DeviceToken = grant.DeviceToken,
                IssuedAtMs = grant.IssuedAtMs,
                DeviceTokens = grant.More is { } more ? [new HelloToken(more.DeviceToken, more.Role, more.Scopes, more.IssuedAtMs)] : null,
            },
            new Policy(ProtocolLimits.Frame, ProtocolLimits.Buffered, (long)ProtocolLimits.Tick.TotalMilliseconds),
            ProtocolLimits.Newest);
    }

    private void SendTick()
    {
        _hub.Broadcast("tick", FrameWriter.Payload(new Tick(_time.GetUtcNow().ToUnixTimeMilliseconds())));
        // Health every other time; nobody there, nothing made.
        if (++_tickCount % 2 != 0 || _hub.Connections.Count == 0) return;
        _hub.HealthVersion++;
        _hub.Broadcast("health", _methods.HealthPayload(), version: _hub.Version);
    }
}
