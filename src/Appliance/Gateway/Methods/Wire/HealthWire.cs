using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about the gateway's health send.

/// <summary>Answer of <c>health</c>, and the event.</summary>
internal sealed record HealthSummary(long Ts, long DurationMs, IReadOnlyList<HealthAgent> Agents, HealthSessions Sessions) : IPayload
{
    public bool Ok { get; } = true;
    public HealthPlugins Plugins { get; } = new([], [], []);
    public HealthConfigReload ConfigReload { get; } = new("disabled");
    public IReadOnlyList<string> ChannelOrder { get; } = [];
    public int HeartbeatSeconds { get; }
    public string DefaultAgentId { get; } = "main";

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

/// <summary>There is no heartbeat yet.</summary>
internal sealed record HealthHeartbeat : IPayload
{
    public bool Enabled { get; }
    public string Every { get; } = "off";
    public long? EveryMs { get; }
    public string Prompt { get; } = "";
    public string Target { get; } = "none";
    public int AckMaxChars { get; }

    public void Write(PayloadWriter to) => to
        .Add("enabled", Enabled).Add("every", Every).Stay("everyMs", EveryMs).Add("prompt", Prompt).Add("target", Target)
        .Add("ackMaxChars", AckMaxChars);
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
internal sealed record StabilityReport(string GeneratedAt, int Capacity) : IPayload
{
    public int Count { get; }
    public int Dropped { get; }
    public int? FirstSeq { get; }
    public int? LastSeq { get; }
    public IReadOnlyList<string> Events { get; } = [];
    public StabilitySummary Summary { get; } = new();

    public void Write(PayloadWriter to) => to
        .Add("generatedAt", GeneratedAt).Add("capacity", Capacity).Add("count", Count).Add("dropped", Dropped).Stay("firstSeq", FirstSeq)
        .Stay("lastSeq", LastSeq).Add("events", Events).Add("summary", Summary);
}

internal sealed record StabilitySummary : IPayload
{
    public void Write(PayloadWriter to) => to.Empty("byType");
}
