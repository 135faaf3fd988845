using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

// What the methods about the gateway itself send.

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

/// <summary>Answer of <c>status</c>.</summary>
internal sealed record StatusSummary(StatusSessions Sessions, StatusTasks Tasks, StatusTaskAudit TaskAudit) : IPayload
{
    public required string RuntimeVersion { get; init; }
    public StatusHeartbeat Heartbeat { get; } = new("main", [new("main", false, "off", null)]);
    public IReadOnlyList<string> ChannelSummary { get; } = [];
    public IReadOnlyList<string> QueuedSystemEvents { get; } = [];
    public IReadOnlyList<string> DegradedSecretOwners { get; } = [];
    public IReadOnlyList<string> DegradedPlugins { get; } = [];
    public int Pid { get; } = Environment.ProcessId;
    public required ProcessMemory ProcessMemory { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("sessions", Sessions).Add("tasks", Tasks).Add("taskAudit", TaskAudit).Add("runtimeVersion", RuntimeVersion).Add("heartbeat", Heartbeat)
        .Add("channelSummary", ChannelSummary).Add("queuedSystemEvents", QueuedSystemEvents).Add("degradedSecretOwners", DegradedSecretOwners)
        .Add("degradedPlugins", DegradedPlugins).Add("pid", Pid).Add("processMemory", ProcessMemory);
}

internal sealed record ProcessMemory(long RssBytes, long HeapUsedBytes, long HeapTotalBytes) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("rssBytes", RssBytes).Add("heapUsedBytes", HeapUsedBytes).Add("heapTotalBytes", HeapTotalBytes);
}

internal sealed record StatusHeartbeat(string DefaultAgentId, IReadOnlyList<StatusHeartbeatAgent> Agents) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("defaultAgentId", DefaultAgentId).Add("agents", Agents);
}

internal sealed record StatusHeartbeatAgent(string AgentId, bool Enabled, string Every, long? EveryMs) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("agentId", AgentId).Add("enabled", Enabled).Add("every", Every).Stay("everyMs", EveryMs);
}

internal sealed record StatusTasks(int Total, int Active, int Terminal, int Failures, StatusTaskCounts ByStatus, StatusRuntimeCounts ByRuntime) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("total", Total).Add("active", Active).Add("terminal", Terminal).Add("failures", Failures).Add("byStatus", ByStatus)
        .Add("byRuntime", ByRuntime);
}

internal sealed record StatusTaskCounts(int Queued, int Running, int Succeeded, int Failed) : IPayload
{
    public int TimedOut { get; init; }
    public int Cancelled { get; init; }
    public int Lost { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("queued", Queued).Add("running", Running).Add("succeeded", Succeeded).Add("failed", Failed).Add("timed_out", TimedOut)
        .Add("cancelled", Cancelled).Add("lost", Lost);
}

internal sealed record StatusRuntimeCounts(int Cli) : IPayload
{
    public int Subagent { get; }
    public int Acp { get; }
    public int Cron { get; }

    public void Write(PayloadWriter to) => to.Add("cli", Cli).Add("subagent", Subagent).Add("acp", Acp).Add("cron", Cron);
}

internal sealed record StatusTaskAudit : IPayload
{
    public int Total { get; }
    public int Warnings { get; }
    public int Errors { get; }

    public void Write(PayloadWriter to) => to.Add("total", Total).Add("warnings", Warnings).Add("errors", Errors).Empty("byCode");
}

internal sealed record StatusSessions(IReadOnlyList<string> Paths, int Count, StatusDefaults Defaults, IReadOnlyList<StatusSession> Recent, IReadOnlyList<StatusAgentSessions> ByAgent) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("paths", Paths).Add("count", Count).Add("defaults", Defaults).Add("recent", Recent).Add("byAgent", ByAgent);
}

internal sealed record StatusDefaults(string? Model, long? ContextTokens) : IPayload
{
    public void Write(PayloadWriter to) => to.Stay("model", Model).Stay("contextTokens", ContextTokens);
}

internal sealed record StatusAgentSessions(string AgentId, string Path, int Count, IReadOnlyList<StatusSession> Recent) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("agentId", AgentId).Add("path", Path).Add("count", Count).Add("recent", Recent);
}

internal sealed record StatusSession(string Key, string SessionId, long UpdatedAt, long Age) : IPayload
{
    public string AgentId { get; } = "main";
    public string Kind { get; } = "direct";
    public long InputTokens { get; init; }
    public long OutputTokens { get; init; }
    public long TotalTokens { get; init; }
    public bool TotalTokensFresh { get; } = true;
    public long? RemainingTokens { get; init; }
    public long? PercentUsed { get; init; }
    public string? Model { get; init; }
    public long? ContextTokens { get; init; }
    public IReadOnlyList<string> Flags { get; init; } = [];

    public void Write(PayloadWriter to) => to
        .Add("key", Key).Add("sessionId", SessionId).Add("updatedAt", UpdatedAt).Add("age", Age).Add("agentId", AgentId).Add("kind", Kind)
        .Add("inputTokens", InputTokens).Add("outputTokens", OutputTokens).Add("totalTokens", TotalTokens).Add("totalTokensFresh", TotalTokensFresh)
        .Stay("remainingTokens", RemainingTokens).Stay("percentUsed", PercentUsed).Stay("model", Model).Stay("contextTokens", ContextTokens)
        .Add("flags", Flags);
}

internal sealed record SystemInfo : IPayload
{
    public required string MachineName { get; init; }
    public required string Hostname { get; init; }
    public string Platform { get; } = "linux";
    public required string Release { get; init; }
    public required string Arch { get; init; }
    public required string OsLabel { get; init; }
    public required int Port { get; init; }
    public int Pid { get; } = Environment.ProcessId;
    public required string ProcessInstanceId { get; init; }
    public required long UptimeMs { get; init; }
    public int CpuCount { get; } = Environment.ProcessorCount;
    public required IReadOnlyList<double> LoadAverage { get; init; }
    public required long MemoryTotalBytes { get; init; }
    public required long MemoryFreeBytes { get; init; }
    public required ProcessMemory ProcessMemory { get; init; }
    public required long DiskTotalBytes { get; init; }
    public required long DiskAvailableBytes { get; init; }
    public required string DiskPath { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("machineName", MachineName).Add("hostname", Hostname).Add("platform", Platform).Add("release", Release).Add("arch", Arch)
        .Add("osLabel", OsLabel).Add("port", Port).Add("pid", Pid).Add("processInstanceId", ProcessInstanceId)
        .Add("uptimeMs", UptimeMs).Add("cpuCount", CpuCount).Add("loadAverage", LoadAverage).Add("memoryTotalBytes", MemoryTotalBytes)
        .Add("memoryFreeBytes", MemoryFreeBytes).Add("processMemory", ProcessMemory).Add("diskTotalBytes", DiskTotalBytes)
        .Add("diskAvailableBytes", DiskAvailableBytes).Add("diskPath", DiskPath);
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

/// <summary>Answer of <c>config.get</c>.</summary>
internal sealed record ConfigSnapshot(string Path, ConfigView Config, string Hash) : IPayload
{
    public bool Exists { get; }
    public string? Raw { get; }
    public ConfigView Parsed => Config;
    public bool Valid { get; } = true;
    public string ConfigRevisionHash => Hash;
    public string AppliedConfigHash => Hash;
    public IReadOnlyList<string> Issues { get; } = [];
    public IReadOnlyList<string> Warnings { get; } = [];
    public IReadOnlyList<string> LegacyIssues { get; } = [];

    public void Write(PayloadWriter to) => to
        .Add("path", Path).Add("config", Config).Add("hash", Hash).Add("exists", Exists).Stay("raw", Raw).Add("parsed", Parsed).Add("valid", Valid)
        .Add("configRevisionHash", ConfigRevisionHash).Add("appliedConfigHash", AppliedConfigHash).Add("issues", Issues).Add("warnings", Warnings)
        .Add("legacyIssues", LegacyIssues);
}

/// <summary>What this gateway runs with; it has no secrets in it.</summary>
internal sealed record ConfigView(ConfigGateway Gateway, ConfigAgents Agents) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("gateway", Gateway).Add("agents", Agents);
}

internal sealed record ConfigGateway(int Port, string Bind) : IPayload
{
    public string Mode { get; } = "local";
    public ConfigAuth Auth { get; } = new("token");

    public void Write(PayloadWriter to) => to.Add("port", Port).Add("bind", Bind).Add("mode", Mode).Add("auth", Auth);
}

internal sealed record ConfigAuth(string Mode) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("mode", Mode);
}

internal sealed record ConfigAgents(ConfigAgentDefaults Defaults) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("defaults", Defaults);
}

internal sealed record ConfigAgentDefaults(AgentModel? Model) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("model", Model);
}

internal sealed record LogTail(string File, long Cursor, long Size, IReadOnlyList<string> Lines, bool? Truncated, bool? Reset) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("file", File).Add("cursor", Cursor).Add("size", Size).Add("lines", Lines).Add("truncated", Truncated).Add("reset", Reset);
}

/// <summary>Answer of <c>usage.cost</c>: tokens a day; local models cost nothing.</summary>
internal sealed record UsageCost(long UpdatedAt, int Days, IReadOnlyList<UsageDay> Daily, UsageDay Totals) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("updatedAt", UpdatedAt).Add("days", Days).Add("daily", Daily).Add("totals", Totals);
}

internal sealed record UsageDay(string? Date, long Input, long Output, long TotalTokens) : IPayload
{
    public long CacheRead { get; }
    public long CacheWrite { get; }
    public double TotalCost { get; }
    public double InputCost { get; }
    public double OutputCost { get; }
    public double CacheReadCost { get; }
    public double CacheWriteCost { get; }
    public int MissingCostEntries { get; }

    public void Write(PayloadWriter to) => to
        .Add("date", Date).Add("input", Input).Add("output", Output).Add("totalTokens", TotalTokens).Add("cacheRead", CacheRead)
        .Add("cacheWrite", CacheWrite).Add("totalCost", (long)TotalCost).Add("inputCost", (long)InputCost).Add("outputCost", (long)OutputCost)
        .Add("cacheReadCost", (long)CacheReadCost).Add("cacheWriteCost", (long)CacheWriteCost).Add("missingCostEntries", MissingCostEntries);
}

internal sealed record ExecApprovals(string Path, string Hash, ExecApprovalFile File, ExecDefaults ResolvedDefaults) : IPayload
{
    public bool Exists { get; }

    public void Write(PayloadWriter to) => to
        .Add("path", Path).Add("hash", Hash).Add("file", File).Add("resolvedDefaults", ResolvedDefaults).Add("exists", Exists);
}

internal sealed record ExecApprovalFile(int Version) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("version", Version).Empty("defaults").Empty("agents");
}

/// <summary>No command is run at all yet: everything is denied.</summary>
internal sealed record ExecDefaults(string Security, string Ask, string AskFallback, bool AutoAllowSkills) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("security", Security).Add("ask", Ask).Add("askFallback", AskFallback).Add("autoAllowSkills", AutoAllowSkills);
}

internal sealed record ChannelsStatus(long Ts) : IPayload
{
    public IReadOnlyList<string> ChannelOrder { get; } = [];
    public IReadOnlyList<string> ChannelMeta { get; } = [];

    public void Write(PayloadWriter to) => to
        .Add("ts", Ts).Add("channelOrder", ChannelOrder).Empty("channelLabels").Empty("channelDetailLabels").Empty("channelSystemImages")
        .Add("channelMeta", ChannelMeta).Empty("channels").Empty("channelAccounts").Empty("channelDefaultAccountId");
}

internal sealed record SkillsStatus(string WorkspaceDir, string ManagedSkillsDir) : IPayload
{
    public string AgentId { get; } = "main";
    public IReadOnlyList<string> Skills { get; } = [];

    public void Write(PayloadWriter to) => to
        .Add("workspaceDir", WorkspaceDir).Add("managedSkillsDir", ManagedSkillsDir).Add("agentId", AgentId).Add("skills", Skills);
}

/// <summary>A page of no jobs; clients check every field.</summary>
internal sealed record CronPage(string SnapshotRevision, int Offset, int Limit) : IPayload
{
    public IReadOnlyList<string> Jobs { get; } = [];
    public int Total { get; }
    public bool HasMore { get; }
    public int? NextOffset { get; }

    public void Write(PayloadWriter to) => to
        .Add("snapshotRevision", SnapshotRevision).Add("offset", Offset).Add("limit", Limit).Add("jobs", Jobs).Add("total", Total)
        .Add("hasMore", HasMore).Stay("nextOffset", NextOffset);
}

internal sealed record Done : IPayload
{
    public bool Ok { get; } = true;

    public void Write(PayloadWriter to) => to.Add("ok", Ok);
}
