using System.Text.Json;
using Appliance.Gateway.Connections;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

// Nodes: machines that offer commands. What one offers can be called only after an operator has approved it.
internal sealed partial class GatewayMethods
{
    private readonly NodeInvocations _invocations = new();

    private IEnumerable<GatewayMethod> Nodes =>
    [
        GatewayMethod.Of("node.list", Scope.Read, _ => FrameWriter.Payload(new NodeList(_context.Now, ListNodes()))),
        GatewayMethod.Of("node.describe", Scope.Read, call => FrameWriter.Payload(
            (ListNodes().FirstOrDefault(n => n.NodeId == call.Params.Text("nodeId")) ?? throw GatewayException.Invalid("unknown nodeId")) with { Ts = _context.Now })),
        new GatewayMethod("node.invoke", Scope.Write, InvokeAsync),
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

        GatewayMethod.Of("node.event", GatewayMethod.NodesOnly, call => FrameWriter.Payload(
            new NodeEventHandled(true, call.Params.Text("event"), false, "not-handled"))),
        GatewayMethod.Of("node.invoke.result", GatewayMethod.NodesOnly, FinishInvocation),
        GatewayMethod.Of("node.invoke.progress", GatewayMethod.NodesOnly, _ => Done()),
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
        if (connection.Principal is { Role: Principal.Node, DeviceId: { } id }) _invocations.Fail(id);
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
        };
    }

    private async Task<byte[]?> InvokeAsync(GatewayCall call)
    {
        var (id, command, key) = (call.Params.Text("nodeId"), call.Params.Text("command"), call.Params.Text("idempotencyKey"));
        var patience = call.Params.OptionalNumber("timeoutMs", 0, 10 * 60 * 1000) ?? 30_000;
        // Commands that reach far into a machine need more than the right to write.
        if (command is "browser.proxy" or "fs.listDir" or "terminal.upload" or "system.run" or "system.run.prepare") call.Principal.Require(Scope.Admin);
        var connection = _context.Hub.FindNode(id) ?? throw new GatewayException(ErrorCode.Unavailable, "node not connected") { Retryable = true };
        if (_context.Pairing.FindNode(id)?.Commands.Contains(command) != true) throw GatewayException.Invalid($"node command not allowed: {command} is not approved for this node");
        var parameters = call.Params.Any("params");
        var (invocation, result) = _invocations.Begin(id);
        var request = new NodeInvokeRequest(invocation, id, command, parameters.ValueKind == JsonValueKind.Undefined ? null : parameters.GetRawText(), patience, key);
        Audit($"{Who(call)} invokes {command} on node {id}");
        connection.SendEvent(FrameWriter.Event("node.invoke.request", FrameWriter.Payload(request)), numbered: false);
        var answer = await _invocations.WaitAsync(invocation, result, TimeSpan.FromMilliseconds(patience), _context.Time, call.Connection.Gone);
        if (answer.Error is { } error) throw GatewayException.Unavailable(error);
        return FrameWriter.Payload(new NodeInvoked(true, id, command, answer.Payload, answer.PayloadJson));
    }

    private byte[] FinishInvocation(GatewayCall call)
    {
        // A node answers for itself alone, whatever it writes.
        var node = call.Principal.DeviceId!;
        var error = call.Params.OptionalObject("error");
        var json = call.Params.OptionalText("payloadJSON", int.MaxValue);
        var payload = call.Params.Any("payload");
        var answer = call.Params.OptionalFlag("ok") == true
            ? new NodeAnswer(payload.ValueKind != JsonValueKind.Undefined ? payload : NodeAnswer.Parse(json), json, null)
            : new NodeAnswer(null, null, error?.OptionalText("message", 4096) ?? "the node could not do it");
        _invocations.Finish(call.Params.Text("id"), node, answer);
        return Done();
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
