using System.Text.Json;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about nodes send.

internal sealed record NodePairList(IReadOnlyList<PendingNodeRow> Pending, IReadOnlyList<PairedNodeRow> Paired) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("pending", Pending).Add("paired", Paired);
}

internal sealed record PendingNodeRow(string RequestId, string NodeId, IReadOnlyList<string> Caps, IReadOnlyList<string> Commands, long Ts) : IPayload
{
    public string? DisplayName { get; init; }
    public string? Platform { get; init; }
    public string? Version { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("requestId", RequestId).Add("nodeId", NodeId).Add("caps", Caps).Add("commands", Commands).Add("ts", Ts).Add("displayName", DisplayName)
        .Add("platform", Platform).Add("version", Version);
}

internal sealed record PairedNodeRow(string NodeId, IReadOnlyList<string> Caps, IReadOnlyList<string> Commands) : IPayload
{
    public string? DisplayName { get; init; }
    public long CreatedAtMs { get; init; }
    public long ApprovedAtMs { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("nodeId", NodeId).Add("caps", Caps).Add("commands", Commands).Add("displayName", DisplayName).Add("createdAtMs", CreatedAtMs)
        .Add("approvedAtMs", ApprovedAtMs);
}

internal sealed record NodeApproved(string RequestId, PairedNodeRow Node) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("requestId", RequestId).Add("node", Node);
}

internal sealed record NodeResolved(string RequestId, string NodeId, string Decision, long Ts) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("requestId", RequestId).Add("nodeId", NodeId).Add("decision", Decision).Add("ts", Ts);
}

internal sealed record NodeRemoved(string NodeId) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("nodeId", NodeId);
}

internal sealed record NodeList(long Ts, IReadOnlyList<NodeRow> Nodes) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ts", Ts).Add("nodes", Nodes);
}

internal sealed record NodeRow(string NodeId, IReadOnlyList<string> Caps, IReadOnlyList<string> Commands) : IPayload
{
    /// <summary>Set where the node is the whole answer.</summary>
    public long? Ts { get; init; }
    public string? DisplayName { get; init; }
    public string? Platform { get; init; }
    public string? Version { get; init; }
    public string? ClientId { get; init; }
    public string? ClientMode { get; init; }
    public string? DeviceFamily { get; init; }
    public required string ApprovalState { get; init; }
    public bool Paired { get; init; }
    public bool Connected { get; init; }
    public long? ConnectedAtMs { get; init; }
    public NodeStats? HostStats { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("nodeId", NodeId).Add("caps", Caps).Add("commands", Commands).Add("ts", Ts).Add("displayName", DisplayName).Add("platform", Platform)
        .Add("version", Version).Add("clientId", ClientId).Add("clientMode", ClientMode).Add("deviceFamily", DeviceFamily)
        .Add("approvalState", ApprovalState).Add("paired", Paired).Add("connected", Connected).Add("connectedAtMs", ConnectedAtMs).Add("hostStats", HostStats);
}

/// <summary>What a node says of its machine; bytes.</summary>
internal sealed record NodeStats(long CpuCount, long MemoryTotal, long MemoryFree, long UpdatedAtMs) : IPayload
{
    public IReadOnlyList<double>? Load { get; init; }
    public long? DiskTotal { get; init; }
    public long? DiskAvailable { get; init; }

    public void Write(PayloadWriter to)
    {
        to.Add("cpuCount", CpuCount).Add("memoryTotalBytes", MemoryTotal).Add("memoryFreeBytes", MemoryFree).Add("diskTotalBytes", DiskTotal).Add("diskAvailableBytes", DiskAvailable)
            .Add("updatedAtMs", UpdatedAtMs);
        if (Load is not null) to.Add("loadAverage", Load);
    }
}

internal sealed record NodeStatsEvent(string NodeId, NodeStats HostStats) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("nodeId", NodeId).Add("hostStats", HostStats);
}

internal sealed record NodeRenamed(string NodeId, string DisplayName) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("nodeId", NodeId).Add("displayName", DisplayName);
}

internal sealed record NodeInvokeRequest(string Id, string NodeId, string Command, string? ParamsJSON, long TimeoutMs, string IdempotencyKey) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("id", Id).Add("nodeId", NodeId).Add("command", Command).Add("paramsJSON", ParamsJSON).Add("timeoutMs", TimeoutMs)
        .Add("idempotencyKey", IdempotencyKey);
}

internal sealed record NodeInvoked(bool Ok, string NodeId, string Command, JsonElement? Payload, string? PayloadJSON) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("ok", Ok).Add("nodeId", NodeId).Add("command", Command).Add("payload", Payload).Add("payloadJSON", PayloadJSON);
}

internal sealed record NodeEventHandled(bool Ok, string Event, bool Handled, string? Reason) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", Ok).Add("event", Event).Add("handled", Handled).Add("reason", Reason);
}

internal sealed record NodeSkills(string NodeId, IReadOnlyList<string> Skills) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("nodeId", NodeId).Add("skills", Skills);
}

internal sealed record NodeTools(string NodeId, IReadOnlyList<string> Tools) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("nodeId", NodeId).Add("tools", Tools);
}
