using System.Collections.Concurrent;
using System.Text.Json;
using Appliance.Gateway.Connections;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

// Nodes: machines that offer commands. What one offers can be called only after an operator has approved it.
internal sealed partial class GatewayMethods
{
    private readonly ConcurrentDictionary<string, NodeStats> _nodeStats = new(StringComparer.Ordinal);

    private IEnumerable<GatewayMethod> Nodes =>
    [
        GatewayMethod.Of("node.list", Scope.Read, _ => FrameWriter.Payload(new NodeList(_context.Now, ListNodes()))),
        GatewayMethod.Of("node.describe", Scope.Read, call => FrameWriter.Payload(
            (ListNodes().FirstOrDefault(n => n.NodeId == call.Params.Text("nodeId")) ?? throw GatewayException.Invalid("unknown nodeId")) with { Ts = _context.Now })),
        GatewayMethod.Of("node.rename", Scope.Pairing, call =>
        {
            var (id, name) = (call.Params.Text("nodeId"), call.Params.Text("displayName", 128));
            return _context.Pairing.RenameNode(id, name) ? FrameWriter.Payload(new NodeRenamed(id, name)) : throw GatewayException.Invalid("unknown nodeId");
        }),
        GatewayMethod.Of("node.pair.list", Scope.Pairing, _ => FrameWriter.Payload(
            new NodePairList([.. _context.Pairing.PendingNodes.Select(ToRow)], [.. _context.Pairing.Nodes.Select(ToRow)]))),
        GatewayMethod.Of("node.pair.approve", Scope.Pairing, ApproveNode),
        GatewayMethod.Of("node.pair.reject", Scope.Pairing, RejectNode),
        GatewayMethod.Of("node.pair.remove", Scope.Pairing, RemoveNode),

        GatewayMethod.Of("node.event", GatewayMethod.NodesOnly, HearNode),
        // What runs on a node beside its commands: taken note of once it is approved, and not used.
        GatewayMethod.Of("node.runnerInventory.update", GatewayMethod.NodesOnly, call => _context.Pairing.FindNode(call.Principal.DeviceId!) is { } node
            ? FrameWriter.Payload(to => to.Add("nodeId", node.NodeId))
            : throw GatewayException.Unavailable("this node waits for an operator's approval; it is asked again then")) with { IsAdvertised = false },
        GatewayMethod.Of("node.skills.update", GatewayMethod.NodesOnly, call => FrameWriter.Payload(new NodeSkills(call.Principal.DeviceId!, []))),
        GatewayMethod.Of("node.pluginTools.update", GatewayMethod.NodesOnly, call => FrameWriter.Payload(new NodeTools(call.Principal.DeviceId!, []))),
    ];

    /// <summary>A node has come: what it offers waits for an operator, unless one has approved it before.</summary>
    public void NodeConnected(GatewayConnection connection)
    {
        var (client, id) = (connection.Client!, connection.Principal!.DeviceId!);
        var wanted = new PendingNode(Guid.NewGuid().ToString(), id, client.Caps, client.Commands, client.Client.DisplayName, client.Client.Platform, client.Client.Version, _context.Now);
        if (_context.Pairing.RequestNode(wanted) is not { } pending) return;
        Audit($"node {id} waits to be approved");
        _context.Hub.Broadcast("node.pair.requested", FrameWriter.Payload(ToRow(pending)));
    }

    /// <summary>A connection has ended: what it was asked and has not answered will not be answered.</summary>
    public void Disconnected(GatewayConnection connection)
    {
        if (connection.Principal is not { Role: Principal.Node, DeviceId: { } id }) return;
        _invocations.Fail(id);
        _canvases.TryRemove(id, out _);
        if (_context.Hub.FindNode(id) is null) _nodeStats.TryRemove(id, out _);
    }

    /// <summary>What a node tells of itself; of its machine the last word is kept while it is connected.</summary>
    private byte[] HearNode(GatewayCall call)
    {
        var name = call.Params.Text("event");
        if (name == "agent.request") return HearCanvas(call);
        if (name != "node.host.stats") return FrameWriter.Payload(new NodeEventHandled(true, name, false, "not-handled"));
        if (StatsOf(call) is not { } stats) return FrameWriter.Payload(new NodeEventHandled(true, name, false, "invalid_payload"));
        _nodeStats[call.Principal.DeviceId!] = stats;
        _context.Hub.Broadcast("node.hostStats", FrameWriter.Payload(new NodeStatsEvent(call.Principal.DeviceId!, stats)));
        return FrameWriter.Payload(new NodeEventHandled(true, name, true, "updated"));
    }

    private NodeStats? StatsOf(GatewayCall call)
    {
        var payload = call.Params.Any("payload") is { ValueKind: JsonValueKind.Object } given ? given : NodeAnswer.Parse(call.Params.OptionalText("payloadJSON", 4096));
        if (payload is not { ValueKind: JsonValueKind.Object } said) return null;
        try
        {
            var stats = new RequestParams("node.host.stats", said);
            if (stats.OptionalNumber("cpuCount", 1, 4096) is not { } processors || stats.OptionalNumber("memoryTotalBytes") is not { } memory || stats.OptionalNumber("memoryFreeBytes") is not { } free) return null;
            var load = stats.Any("loadAverage");
            var isLoad = load.ValueKind == JsonValueKind.Array && load.GetArrayLength() == 3 && load.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Number);
            return new NodeStats(processors, memory, free, _context.Now)
            {
                Load = isLoad ? [.. load.EnumerateArray().Select(one => one.GetDouble())] : null,
                DiskTotal = stats.OptionalNumber("diskTotalBytes"),
                DiskAvailable = stats.OptionalNumber("diskAvailableBytes"),
            };
        }
        catch (GatewayException)
        {
            return null;
        }
    }

    private IReadOnlyList<NodeRow> ListNodes()
    {
        var connected = _context.Hub.Connections.Where(c => c.Principal is { Role: Principal.Node, DeviceId: not null }).GroupBy(c => c.Principal!.DeviceId!).ToDictionary(g => g.Key, g => g.Last());
        var known = _context.Pairing.Devices.Where(d => d.Roles.Contains(Principal.Node)).Select(d => d.DeviceId).Union(connected.Keys);
        return [.. known.Order(StringComparer.Ordinal).Select(id => ToRow(id, connected.GetValueOrDefault(id)))];
    }

    private NodeRow ToRow(string id, GatewayConnection? connection)
    {
        var (node, device, client) = (_context.Pairing.FindNode(id), _context.Pairing.Find(id), connection?.Client);
        var waits = _context.Pairing.PendingNodes.Any(p => p.NodeId == id);
        return new NodeRow(id, node?.Caps ?? [], node?.Commands ?? [])
        {
            DisplayName = node?.DisplayName ?? device?.DisplayName ?? client?.Client.DisplayName,
            Platform = client?.Client.Platform ?? device?.Platform,
            Version = client?.Client.Version,
            ClientId = client?.Client.Id ?? device?.ClientId,
            ClientMode = client?.Client.Mode ?? device?.ClientMode,
            DeviceFamily = client?.Client.DeviceFamily ?? device?.DeviceFamily,
            ApprovalState = waits ? (node is null ? "pending-approval" : "pending-reapproval") : node is null ? "unapproved" : "approved",
            Paired = device is not null,
            Connected = connection is not null,
            ConnectedAtMs = connection?.ConnectedAt.ToUnixTimeMilliseconds(),
            HostStats = connection is null ? null : _nodeStats.GetValueOrDefault(id),
        };
    }

    private byte[] ApproveNode(GatewayCall call)
    {
        var requestId = call.Params.Text("requestId");
        // To approve commands is to allow them: whoever may not run them cannot give them to others.
        if (_context.Pairing.PendingNodes.FirstOrDefault(p => p.RequestId == requestId)?.Commands.Any(c => c.StartsWith("system.run", StringComparison.Ordinal)) == true) call.Principal.Require(Scope.Admin);
        var (pending, node) = _context.Pairing.ApproveNode(requestId);
        Audit($"node {pending.NodeId} approved by {Who(call)}");
        Resolved(pending, "approved");
        return FrameWriter.Payload(new NodeApproved(requestId, ToRow(node)));
    }

    private byte[] RejectNode(GatewayCall call)
    {
        var requestId = call.Params.Text("requestId");
        var pending = _context.Pairing.ForgetNode(requestId) ?? throw GatewayException.Invalid("unknown requestId");
        Audit($"node {pending.NodeId} rejected by {Who(call)}");
        Resolved(pending, "rejected");
        return FrameWriter.Payload(new NodeResolved(requestId, pending.NodeId, "rejected", _context.Now));
    }

    private byte[] RemoveNode(GatewayCall call)
    {
        var id = call.Params.Text("nodeId");
        if (!_context.Pairing.RemoveNode(id)) throw GatewayException.Invalid("unknown nodeId");
        _context.Hub.CloseDevice(id, Principal.Node);
        Audit($"node {id} removed by {Who(call)}");
        return FrameWriter.Payload(new NodeRemoved(id));
    }

    private void Resolved(PendingNode pending, string decision) => _context.Hub.Broadcast(
        "node.pair.resolved", FrameWriter.Payload(new NodeResolved(pending.RequestId, pending.NodeId, decision, _context.Now)));

    private static PendingNodeRow ToRow(PendingNode pending) => new(pending.RequestId, pending.NodeId, pending.Caps, pending.Commands, pending.Ts)
    {
        DisplayName = pending.DisplayName,
        Platform = pending.Platform,
        Version = pending.Version,
    };

    private static PairedNodeRow ToRow(PairedNode node) =>
        new(node.NodeId, node.Caps, node.Commands) { DisplayName = node.DisplayName, CreatedAtMs = node.CreatedAtMs, ApprovedAtMs = node.ApprovedAtMs };
}
