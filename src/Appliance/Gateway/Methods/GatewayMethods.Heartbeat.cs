using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Agents;
using Runtime.Schedule.Heartbeat;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// What agents do by themselves, and what wakes them.
internal sealed partial class GatewayMethods
{
    private const int LongestEvent = 16 * 1024;

    private IEnumerable<GatewayMethod> Heartbeat =>
    [
        GatewayMethod.Of("last-heartbeat", Scope.Read, _ => _context.Heartbeats.Last is { } last ? FrameWriter.Payload(new HeartbeatRow(last)) : Literal("null"u8)),
        GatewayMethod.Of("set-heartbeats", Scope.Admin, call =>
        {
            _context.Heartbeats.Enabled = call.Params.OptionalFlag("enabled") ?? throw call.Params.Fault("must have required property 'enabled'");
            return FrameWriter.Payload(to => to.Add("ok", true).Add("enabled", _context.Heartbeats.Enabled));
        }),
        GatewayMethod.Of("wake", Scope.Write, call => TakeEvent(call, call.Params.OptionalWord("mode", "now", "next-heartbeat") switch
        {
            null => throw call.Params.Fault("must have required property 'mode'"),
            var mode => mode == "now",
        })),
        // Clients tell by it too that their machine is there; who is connected is known here without.
        GatewayMethod.Of("system-event", Scope.Admin, call => call.Params.Text("text", LongestEvent).StartsWith("Node:", StringComparison.Ordinal) ? Done() : TakeEvent(call, call.Params.OptionalFlag("wake") == true)),
    ];

    /// <summary>Shows what a heartbeat has to say where its owner looks, and tells clients of it.</summary>
    public void HeartbeatHappened(HeartbeatEvent happened)
    {
        if (happened is { Text: { } text } && _context.Agents.Find(happened.AgentId) is { } agent)
        {
            var session = agent.Sessions.GetOrCreate(SessionKey.MainOf(agent.Id));
            TellMessage(session, session.Add(new SessionMessage(Guid.NewGuid().ToString(), 0, _context.Now, SessionMessage.Assistant, text) { StopReason = "stop" })!);
        }
        _context.Hub.Broadcast("heartbeat", FrameWriter.Payload(new HeartbeatRow(happened)));
    }

    /// <summary>An event from outside begins a turn, as if its owner had said it, or waits for the agent's next heartbeat.</summary>
    private byte[] TakeEvent(GatewayCall call, bool now)
    {
        var text = call.Params.Text("text", LongestEvent);
        var key = ResolveKey(call.Params.OptionalText("sessionKey", SessionKey.Longest) ?? "main", call.Params.OptionalText("agentId"));
        if (!now)
        {
            _context.Cron.Book.Notes.Leave(SessionKey.Agent(key), text, _context.Now);
            return Done();
        }
        if (DefaultModel().Name is null) throw GatewayException.Unavailable(NoModel);
        _context.Turns.Start(_context.Sessions.GetOrCreate(key), call.Params.OptionalText("idempotencyKey") ?? Guid.NewGuid().ToString(), $"System event: {text}", origin: OriginOf(call));
        return Done();
    }

    private HealthHeartbeat HeartbeatHealth(Agent agent) =>
        new(_context.Heartbeats.Enabled && _context.Heartbeats.Settings.Every > TimeSpan.Zero && HeartbeatFile.Read(agent) is not null, _context.Heartbeats.Settings.Every);
}
