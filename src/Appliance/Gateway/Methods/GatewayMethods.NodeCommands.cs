using System.Text.Json;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

// Commands that nodes run, and the rules by which they run them.
internal sealed partial class GatewayMethods
{
    private static readonly JsonElement NoParams = JsonElement.Parse("{}");

    private readonly NodeInvocations _invocations = new();

    private IEnumerable<GatewayMethod> NodeCommands =>
    [
        new GatewayMethod("node.invoke", Scope.Write, InvokeAsync),
        new GatewayMethod("exec.approvals.node.get", Scope.Admin, call => NodeRulesAsync(call, "system.execApprovals.get", NoParams)),
        new GatewayMethod("exec.approvals.node.set", Scope.Admin, call => NodeRulesAsync(call, "system.execApprovals.set", RulesFor(call))),
        GatewayMethod.Of("node.invoke.result", GatewayMethod.NodesOnly, FinishInvocation),
        GatewayMethod.Of("node.invoke.progress", GatewayMethod.NodesOnly, _ => Done()),
    ];

    private async Task<byte[]?> InvokeAsync(GatewayCall call)
    {
        var (id, command, key) = (call.Params.Text("nodeId"), call.Params.Text("command"), call.Params.Text("idempotencyKey"));
        // Commands that reach far into a machine need more than the right to write.
        if (command is "browser.proxy" or "fs.listDir" or "terminal.upload" or "system.run" or "system.run.prepare" || command.StartsWith("system.execApprovals.", StringComparison.Ordinal))
            call.Principal.Require(Scope.Admin);
        var answer = await AskNodeAsync(call, id, command, call.Params.Any("params"), key);
        return FrameWriter.Payload(new NodeInvoked(true, id, command, answer.Payload, answer.PayloadJson));
    }

    /// <summary>What a node may run is kept on the node: it is read and changed by its own commands, and what it answers is passed on.</summary>
    private async Task<byte[]?> NodeRulesAsync(GatewayCall call, string command, JsonElement parameters)
    {
        var answer = await AskNodeAsync(call, call.Params.Text("nodeId"), command, parameters, Guid.NewGuid().ToString());
        return answer.Payload is { ValueKind: JsonValueKind.Object } payload ? global::System.Text.Encoding.UTF8.GetBytes(payload.GetRawText()) : throw GatewayException.Unavailable("the node's answer has no rules in it");
    }

    private static JsonElement RulesFor(GatewayCall call)
    {
        if (call.Params.OptionalObject("file") is null) throw call.Params.Fault("must have required property 'file'");
        return JsonElement.Parse(FrameWriter.Payload(to => to.Add("file", call.Params.Any("file")).Add("baseHash", call.Params.OptionalText("baseHash"))));
    }

    private async Task<NodeAnswer> AskNodeAsync(GatewayCall call, string id, string command, JsonElement parameters, string key)
    {
        var patience = call.Params.OptionalNumber("timeoutMs", 0, 10 * 60 * 1000) ?? 30_000;
        var connection = _context.Hub.FindNode(id) ?? throw new GatewayException(ErrorCode.Unavailable, "node not connected") { Retryable = true };
        if (_context.Pairing.FindNode(id)?.Commands.Contains(command) != true) throw GatewayException.Invalid($"node command not allowed: {command} is not approved for this node");
        var (invocation, result) = _invocations.Begin(id);
        var request = new NodeInvokeRequest(invocation, id, command, parameters.ValueKind == JsonValueKind.Undefined ? null : parameters.GetRawText(), patience, key);
        Audit($"{Who(call)} invokes {command} on node {id}");
        connection.SendEvent(FrameWriter.Event("node.invoke.request", FrameWriter.Payload(request)), numbered: false);
        var answer = await _invocations.WaitAsync(invocation, result, TimeSpan.FromMilliseconds(patience), _context.Time, call.Connection.Gone);
        return answer.Error is { } error ? throw GatewayException.Unavailable(error) : answer;
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
}
