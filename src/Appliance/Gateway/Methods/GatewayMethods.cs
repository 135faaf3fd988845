using System.Collections.Frozen;
using Appliance.Gateway.Connections;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Models;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

/// <summary>
/// Everything a client can call: one table of names, scopes and handlers, one partial file a family. What is not in the table does not
/// exist. Safe for several threads.
/// </summary>
internal sealed partial class GatewayMethods
{
    private readonly GatewayContext _context;
    private readonly RequestDedupe _dedupe;
    private readonly Action<Exception> _onBug;
    private readonly FrozenDictionary<string, GatewayMethod> _table;
    private readonly SessionCompactor _compactor;
    private readonly UserPreferences _preferences;

    /// <summary>The methods.</summary>
    /// <param name="context">What they work with.</param>
    /// <param name="onBug">Hears of every fault that is not a request's own.</param>
    public GatewayMethods(GatewayContext context, Action<Exception> onBug)
    {
        (_context, _onBug, _dedupe) = (context, onBug, new RequestDedupe(context.Time));
        _groups = new SessionGroups(Path.Combine(context.Home, "agents", "groups.json"));
        _preferences = new UserPreferences(Path.Combine(context.Home, "gateway", "preferences.json"));
        _compactor = new SessionCompactor(context.Models, context.Options.Model);
        Lately = new StabilityRecord(context.Time);
        IEnumerable<GatewayMethod>[] families =
        [
            Health, System, Restart, Updates, OwnStatus, Tasks,
            Sessions, SessionChanges, Branches, Groups,
            Chat, HistoryMethods, CommandMethods,
            Agents, AgentChanges, AgentFiles, Remembering, Reflexes,
            Models, Usage,
            Devices, Setup, Nodes, NodeCommands, Users, Auditing,
            Config, Secrets,
            Approvals, Questions, Channels, Outgoing, Board, HardwareMethods, Mcp,
            Cron, Heartbeat,
            Skills, SkillInstalls, ToolMethods,
            Absent,
        ];
        _table = families.SelectMany(family => family).ToFrozenDictionary(method => method.Name, StringComparer.Ordinal);
        Advertised = [.. _table.Values.Where(method => method.IsAdvertised).Select(method => method.Name).Order(StringComparer.Ordinal)];
    }

    /// <summary>Names, for hello.</summary>
    public IReadOnlyList<string> Advertised { get; }

    /// <summary>All methods, for tests.</summary>
    internal IReadOnlyCollection<GatewayMethod> All => _table.Values;

    /// <summary>Answers a request. Never throws.</summary>
    public async Task HandleAsync(GatewayConnection connection, RequestFrame request)
    {
        try
        {
            if (await AnswerAsync(connection, request) is { } payload) connection.Send(FrameWriter.Ok(request.Id, payload));
        }
        catch (GatewayException e)
        {
            connection.Send(FrameWriter.Error(request.Id, e));
        }
        catch (ModelException e)
        {
            connection.Send(FrameWriter.Error(request.Id, GatewayException.Unavailable(e.Message)));
        }
        catch (OperationCanceledException) when (connection.Gone.IsCancellationRequested)
        {
            // Nobody is there to hear.
        }
        catch (Exception e)
        {
            _onBug(e);
            connection.Send(FrameWriter.Error(request.Id, GatewayException.Unavailable("Internal error. The gateway's output has the details.")));
        }
    }

    private Task<byte[]?> AnswerAsync(GatewayConnection connection, RequestFrame request)
    {
        var method = _table.GetValueOrDefault(request.Method) ?? throw GatewayException.Invalid($"unknown method: {request.Method}");
        var call = Admit(method, connection, request);
        if (method.KnowsRepeats || call.Params.OptionalText("idempotencyKey") is not { } key) return method.Handle(call);
        // A key is the caller's own: another device cannot ask for what this one was told.
        return _dedupe.GetAsync($"{request.Method}\n{call.Principal.DeviceId}\n{call.Principal.PersonId}\n{key}", async () => (await method.Handle(call))!)!;
    }

    private static byte[] Literal(ReadOnlySpan<byte> json) => json.ToArray();

    private static byte[] Done() => FrameWriter.Payload(new Done());
}
