using Appliance.Gateway.Protocol;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods.Wire;

// What the gateway says of its own state.

/// <summary>Answer of <c>status</c>.</summary>
internal sealed record StatusSummary(StatusSessions Sessions, StatusTasks Tasks, StatusTaskAudit TaskAudit) : IPayload
{
    public required string RuntimeVersion { get; init; }
    public required StatusHeartbeat Heartbeat { get; init; }
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
    public string AgentId { get; } = SessionKey.Agent(Key);
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

internal sealed record LogTail(string File, long Cursor, long Size, IReadOnlyList<string> Lines, bool? Truncated, bool? Reset) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("file", File).Add("cursor", Cursor).Add("size", Size).Add("lines", Lines).Add("truncated", Truncated).Add("reset", Reset);
}

internal sealed record Done : IPayload
{
    public bool Ok { get; } = true;

    public void Write(PayloadWriter to) => to.Add("ok", Ok);
}
