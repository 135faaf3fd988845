using System.Text.Json.Serialization;

namespace Appliance.Gateway.Methods;

// What the methods about the gateway itself send.

/// <summary>Answer of <c>health</c>, and the event.</summary>
internal sealed record HealthSummary(long Ts, long DurationMs, IReadOnlyList<HealthAgent> Agents, HealthSessions Sessions)
{
    public bool Ok { get; } = true;
    public HealthPlugins Plugins { get; } = new([], [], []);
    public HealthConfigReload ConfigReload { get; } = new("disabled");
    public IReadOnlyDictionary<string, string> Channels { get; } = new Dictionary<string, string>();
    public IReadOnlyList<string> ChannelOrder { get; } = [];
    public IReadOnlyDictionary<string, string> ChannelLabels { get; } = new Dictionary<string, string>();
    public int HeartbeatSeconds { get; }
    public string DefaultAgentId { get; } = "main";
}

internal sealed record HealthPlugins(IReadOnlyList<string> Loaded, IReadOnlyList<string> Errors, IReadOnlyList<string> Unavailable);

internal sealed record HealthConfigReload(string HotReloadStatus);

internal sealed record HealthAgent(string AgentId, bool IsDefault, HealthHeartbeat Heartbeat, HealthSessions Sessions);

/// <summary>There is no heartbeat yet.</summary>
internal sealed record HealthHeartbeat
{
    public bool Enabled { get; }
    public string Every { get; } = "off";
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public long? EveryMs { get; }
    public string Prompt { get; } = "";
    public string Target { get; } = "none";
    public int AckMaxChars { get; }
}

internal sealed record HealthSessions(string Path, int Count, IReadOnlyList<RecentSession> Recent);

internal sealed record RecentSession(string Key, long UpdatedAt, long Age);

/// <summary>Answer of <c>status</c>.</summary>
internal sealed record StatusSummary(StatusSessions Sessions, StatusTasks Tasks, StatusTaskAudit TaskAudit)
{
    public required string RuntimeVersion { get; init; }
    public StatusHeartbeat Heartbeat { get; } = new("main", [new("main", false, "off", null)]);
    public IReadOnlyList<string> ChannelSummary { get; } = [];
    public IReadOnlyList<string> QueuedSystemEvents { get; } = [];
    public IReadOnlyList<string> DegradedSecretOwners { get; } = [];
    public IReadOnlyList<string> DegradedPlugins { get; } = [];
    public int Pid { get; } = Environment.ProcessId;
    public required ProcessMemory ProcessMemory { get; init; }
}

internal sealed record ProcessMemory(long RssBytes, long HeapUsedBytes, long HeapTotalBytes);

internal sealed record StatusHeartbeat(string DefaultAgentId, IReadOnlyList<StatusHeartbeatAgent> Agents);

internal sealed record StatusHeartbeatAgent(string AgentId, bool Enabled, string Every, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? EveryMs);

internal sealed record StatusTasks(int Total, int Active, int Terminal, int Failures, StatusTaskCounts ByStatus, StatusRuntimeCounts ByRuntime);

internal sealed record StatusTaskCounts(int Queued, int Running, int Succeeded, int Failed)
{
    [JsonPropertyName("timed_out")] public int TimedOut { get; init; }
    public int Cancelled { get; init; }
    public int Lost { get; init; }
}

internal sealed record StatusRuntimeCounts(int Cli)
{
    public int Subagent { get; }
    public int Acp { get; }
    public int Cron { get; }
}

internal sealed record StatusTaskAudit
{
    public int Total { get; }
    public int Warnings { get; }
    public int Errors { get; }
    public IReadOnlyDictionary<string, int> ByCode { get; } = new Dictionary<string, int>();
}

internal sealed record StatusSessions(IReadOnlyList<string> Paths, int Count, StatusDefaults Defaults, IReadOnlyList<StatusSession> Recent, IReadOnlyList<StatusAgentSessions> ByAgent);

internal sealed record StatusDefaults([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Model, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? ContextTokens);

internal sealed record StatusAgentSessions(string AgentId, string Path, int Count, IReadOnlyList<StatusSession> Recent);

internal sealed record StatusSession(string Key, string SessionId, long UpdatedAt, long Age)
{
    public string AgentId { get; } = "main";
    public string Kind { get; } = "direct";
    public long InputTokens { get; init; }
    public long OutputTokens { get; init; }
    public long TotalTokens { get; init; }
    public bool TotalTokensFresh { get; } = true;
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public long? RemainingTokens { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public long? PercentUsed { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? Model { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public long? ContextTokens { get; init; }
    public IReadOnlyList<string> Flags { get; init; } = [];
}

internal sealed record SystemInfo
{
    public required string MachineName { get; init; }
    public required string Hostname { get; init; }
    public string Platform { get; } = "linux";
    public required string Release { get; init; }
    public required string Arch { get; init; }
    public required string OsLabel { get; init; }
    public required int Port { get; init; }
    public required string RuntimeVersion { get; init; }
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
}

/// <summary>Answer of <c>diagnostics.stability</c>.</summary>
internal sealed record StabilityReport(string GeneratedAt, int Capacity)
{
    public int Count { get; }
    public int Dropped { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public int? FirstSeq { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public int? LastSeq { get; }
    public IReadOnlyList<string> Events { get; } = [];
    public StabilitySummary Summary { get; } = new();
}

internal sealed record StabilitySummary
{
    public IReadOnlyDictionary<string, int> ByType { get; } = new Dictionary<string, int>();
}

/// <summary>Answer of <c>config.get</c>.</summary>
internal sealed record ConfigSnapshot(string Path, ConfigView Config, string Hash)
{
    public bool Exists { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? Raw { get; }
    public ConfigView Parsed => Config;
    public bool Valid { get; } = true;
    public string ConfigRevisionHash => Hash;
    public string AppliedConfigHash => Hash;
    public IReadOnlyList<string> Issues { get; } = [];
    public IReadOnlyList<string> Warnings { get; } = [];
    public IReadOnlyList<string> LegacyIssues { get; } = [];
}

/// <summary>What this gateway runs with; it has no secrets in it.</summary>
internal sealed record ConfigView(ConfigGateway Gateway, ConfigAgents Agents);

internal sealed record ConfigGateway(int Port, string Bind)
{
    public string Mode { get; } = "local";
    public ConfigAuth Auth { get; } = new("token");
}

internal sealed record ConfigAuth(string Mode);

internal sealed record ConfigAgents(ConfigAgentDefaults Defaults);

internal sealed record ConfigAgentDefaults(AgentModel? Model);

internal sealed record LogTail(string File, long Cursor, long Size, IReadOnlyList<string> Lines, bool? Truncated, bool? Reset);

/// <summary>Answer of <c>usage.cost</c>: tokens a day; local models cost nothing.</summary>
internal sealed record UsageCost(long UpdatedAt, int Days, IReadOnlyList<UsageDay> Daily, UsageDay Totals);

internal sealed record UsageDay(string? Date, long Input, long Output, long TotalTokens)
{
    public long CacheRead { get; }
    public long CacheWrite { get; }
    public double TotalCost { get; }
    public double InputCost { get; }
    public double OutputCost { get; }
    public double CacheReadCost { get; }
    public double CacheWriteCost { get; }
    public int MissingCostEntries { get; }
}

internal sealed record ExecApprovals(string Path, string Hash, ExecApprovalFile File, ExecDefaults ResolvedDefaults)
{
    public bool Exists { get; }
}

internal sealed record ExecApprovalFile(int Version)
{
    public IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Agents { get; } = new Dictionary<string, string>();
}

/// <summary>No command is run at all yet: everything is denied.</summary>
internal sealed record ExecDefaults(string Security, string Ask, string AskFallback, bool AutoAllowSkills);

internal sealed record ChannelsStatus(long Ts)
{
    public IReadOnlyList<string> ChannelOrder { get; } = [];
    public IReadOnlyDictionary<string, string> ChannelLabels { get; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> ChannelDetailLabels { get; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> ChannelSystemImages { get; } = new Dictionary<string, string>();
    public IReadOnlyList<string> ChannelMeta { get; } = [];
    public IReadOnlyDictionary<string, string> Channels { get; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> ChannelAccounts { get; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> ChannelDefaultAccountId { get; } = new Dictionary<string, string>();
}

internal sealed record SkillsStatus(string WorkspaceDir, string ManagedSkillsDir)
{
    public string AgentId { get; } = "main";
    public IReadOnlyList<string> Skills { get; } = [];
}

/// <summary>A page of no jobs; clients check every field.</summary>
internal sealed record CronPage(string SnapshotRevision, int Offset, int Limit)
{
    public IReadOnlyList<string> Jobs { get; } = [];
    public int Total { get; }
    public bool HasMore { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public int? NextOffset { get; }
}

internal sealed record Done
{
    public bool Ok { get; } = true;
}
