using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about the gateway's health send.

/// <summary>Answer of <c>health</c>, and the event.</summary>
internal sealed record HealthSummary(long Ts, long DurationMs, IReadOnlyList<HealthAgent> Agents, HealthSessions Sessions, int HeartbeatSeconds) : IPayload
{
    public bool Ok { get; } = true;
    public HealthPlugins Plugins { get; } = new([], [], []);
    public HealthConfigReload ConfigReload { get; } = new("disabled");
    public IReadOnlyList<string> ChannelOrder { get; } = [];
    public string DefaultAgentId { get; } = Agents.First(agent => agent.IsDefault).AgentId;

    public void Write(PayloadWriter to) => to
        .Add("ts", Ts).Add("durationMs", DurationMs).Add("agents", Agents).Add("sessions", Sessions).Add("ok", Ok).Add("plugins", Plugins)
        .Add("configReload", ConfigReload).Empty("channels").Add("channelOrder", ChannelOrder).Empty("channelLabels")
        .Add("heartbeatSeconds", HeartbeatSeconds).Add("defaultAgentId", DefaultAgentId);
}

internal sealed record HealthPlugins(IReadOnlyList<string> Loaded, IReadOnlyList<string> Errors, IReadOnlyList<string> Unavailable) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("loaded", Loaded).Add("errors", Errors).Add("unavailable", Unavailable);
}

internal sealed record HealthConfigReload(string HotReloadStatus) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("hotReloadStatus", HotReloadStatus);
}

internal sealed record HealthAgent(string AgentId, bool IsDefault, HealthHeartbeat Heartbeat, HealthSessions Sessions) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("agentId", AgentId).Add("isDefault", IsDefault).Add("heartbeat", Heartbeat).Add("sessions", Sessions);
}

internal sealed record HealthSessions(string Path, int Count, IReadOnlyList<RecentSession> Recent) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("path", Path).Add("count", Count).Add("recent", Recent);
}

internal sealed record RecentSession(string Key, long UpdatedAt, long Age) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("key", Key).Add("updatedAt", UpdatedAt).Add("age", Age);
}

/// <summary>Answer of <c>diagnostics.stability</c>.</summary>
internal sealed record StabilityReport(string GeneratedAt, int Capacity, long Dropped, IReadOnlyList<StabilityEvent> Events) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("generatedAt", GeneratedAt).Add("capacity", Capacity).Add("count", Events.Count).Add("dropped", Dropped)
        .Stay("firstSeq", Events.Count > 0 ? Events[0].Seq : null).Stay("lastSeq", Events.Count > 0 ? Events[^1].Seq : null)
        .Add("events", Events).Add("summary", new Summary(Events));

    private sealed record Summary(IReadOnlyList<StabilityEvent> Events) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("byType", new ByType(Events));
    }

    private sealed record ByType(IReadOnlyList<StabilityEvent> Events) : IPayload
    {
        public void Write(PayloadWriter to)
        {
            foreach (var group in Events.GroupBy(e => e.Type, StringComparer.Ordinal)) to.Add(group.Key, group.Count());
        }
    }
}

internal sealed record StabilityEvent(long Seq, long Ts, string Type, long? DurationMs) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("seq", Seq).Add("ts", Ts).Add("type", Type).Add("durationMs", DurationMs);
}
