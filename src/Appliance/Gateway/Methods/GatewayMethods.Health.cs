using System.Diagnostics;
using System.Text.Json;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Appliance.Hosting;
using Runtime.Agents;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Whether the gateway is well, and what it is busy with.
internal sealed partial class GatewayMethods
{
    private const int MostRecent = 5;

    /// <summary>How turns ended lately.</summary>
    public StabilityRecord Lately { get; }

    private IEnumerable<GatewayMethod> Health =>
    [
        GatewayMethod.Of("health", GatewayMethod.Anyone, call => HealthPayload(call.Principal)),
        GatewayMethod.Of("status", Scope.Read, _ => Status()),
        GatewayMethod.Of("diagnostics.stability", Scope.Read, Stability),
    ];

    /// <summary>The state of now, for hello and the event.</summary>
    public byte[] HealthPayload(Principal? principal = null)
    {
        var clock = Stopwatch.StartNew();
        var now = _context.Now;
        var sessions = _context.Sessions.List().Where(s => principal is null || MaySee(principal, s.Key)).ToList();
        var summary = Sum(_context.Sessions.Folder, sessions);
        var health = new HealthSummary(now, clock.ElapsedMilliseconds, [.. _context.Agents.All.Select(AgentHealth)], summary, (int)((HeartbeatHealth(_context.Agents.Default).EveryMs ?? 0) / 1000));
        return FrameWriter.Payload(health);

        HealthAgent AgentHealth(Agent agent)
        {
            var own = _context.Agents.All.Count == 1 ? sessions : [.. sessions.Where(s => SessionKey.Agent(s.Key) == agent.Id)];
            return new HealthAgent(agent.Id, agent == _context.Agents.Default, HeartbeatHealth(agent), Sum(agent.Sessions.Folder, own));
        }

        HealthSessions Sum(string folder, List<Session> own) => new(folder, own.Count, [.. own.Take(MostRecent).Select(s => new RecentSession(s.Key, s.UpdatedAt, now - s.UpdatedAt))]);
    }

    private byte[] Status()
    {
        var now = _context.Now;
        var sessions = _context.Sessions.List();
        var recent = sessions.Take(10).Select(s => ToStatus(s, now)).ToArray();
        var (model, context) = DefaultModel();
        var active = _context.Turns.Active;
        var running = active.Count(t => t.StartedAt > 0);
        return FrameWriter.Payload(
            new StatusSummary(
                new StatusSessions([.. _context.Agents.All.Select(agent => agent.Sessions.Folder)], sessions.Count, new(model, context), recent, [.. _context.Agents.All.Select(AgentSessions)]),
                new StatusTasks(active.Count, active.Count, 0, 0, new StatusTaskCounts(active.Count - running, running, 0, 0), new StatusRuntimeCounts(active.Count)),
                new StatusTaskAudit())
            {
                RuntimeVersion = ProductVersion.Text,
                Heartbeat = new StatusHeartbeat(_context.Agents.Default.Id, [.. _context.Agents.All.Select(agent => (agent.Id, Beat: HeartbeatHealth(agent))).Select(one => new StatusHeartbeatAgent(one.Id, one.Beat.Enabled, one.Beat.Every, one.Beat.EveryMs))]),
                ProcessMemory = ReadProcessMemory(),
            });
    }

    private StatusAgentSessions AgentSessions(Agent agent)
    {
        var own = agent.Sessions.List();
        return new StatusAgentSessions(agent.Id, agent.Sessions.Folder, own.Count, [.. own.Take(10).Select(s => ToStatus(s, _context.Now))]);
    }

    private StatusSession ToStatus(Session session, long now)
    {
        var (model, context) = ModelOf(session);
        return new StatusSession(session.Key, session.Id, session.UpdatedAt, now - session.UpdatedAt)
        {
            InputTokens = session.Tokens.Input,
            OutputTokens = session.Tokens.Output,
            TotalTokens = session.LastTurnTokens,
            RemainingTokens = context - session.LastTurnTokens,
            PercentUsed = context is > 0 ? session.LastTurnTokens * 100 / context : null,
            Model = model,
            ContextTokens = context,
            Flags = session.LastStopReason == "aborted" ? ["aborted", $"id:{session.Id}"] : [$"id:{session.Id}"],
        };
    }

    private byte[] Stability(GatewayCall call)
    {
        var (events, dropped) = Lately.Read((int)(call.Params.OptionalNumber("limit", 1, 1000) ?? 50), call.Params.OptionalText("type"));
        return FrameWriter.Payload(new StabilityReport(_context.Time.GetUtcNow().ToString("O"), StabilityRecord.Capacity, dropped, events));
    }

    private static ProcessMemory ReadProcessMemory() => new(Environment.WorkingSet, GC.GetTotalMemory(false), GC.GetGCMemoryInfo().TotalCommittedBytes);

    /// <summary>The state of now, to be put into hello.</summary>
    public JsonElement HealthElement() => JsonElement.Parse(HealthPayload());
}
