using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Protocol;
using Runtime.Agents;
using Runtime.Reflexes;

namespace Appliance.Gateway.Methods;

// What is answered without a model. Everybody who may read sees what there is; the owner alone changes it.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Reflexes =>
    [
        GatewayMethod.Of("reflexes.list", Scope.Read, ListReflexes) with { IsAdvertised = false },
        GatewayMethod.Of("reflexes.test", Scope.Read, TestReflexes) with { IsAdvertised = false },
        GatewayMethod.Of("reflexes.add", Scope.Admin, AddReflex) with { IsAdvertised = false },
        GatewayMethod.Of("reflexes.remove", Scope.Admin, RemoveReflex) with { IsAdvertised = false },
        GatewayMethod.Of("reflexes.set", Scope.Admin, SetReflex) with { IsAdvertised = false },
    ];

    private byte[] ListReflexes(GatewayCall call)
    {
        var agent = AgentOf(call);
        var hasTool = ToolsOf(call, agent);
        return FrameWriter.Payload(to => to
            .Add("agentId", agent.Id).Add("enabled", agent.Settings.HasReflexes).Add("folder", _context.Reflexes.FolderOf(agent)).Add("faults", _context.Reflexes.Faults(agent))
            .Add("reflexes", [.. _context.Reflexes.List(agent).Select(state => new ReflexRow(state, state.Reflex.Tool is not { } tool || hasTool(tool)))]));
    }

    private byte[] TestReflexes(GatewayCall call)
    {
        var agent = AgentOf(call);
        var reflex = _context.Reflexes.Test(agent, call.Params.LongText("text"), ToolsOf(call, agent));
        return FrameWriter.Payload(to => to.Add("agentId", agent.Id).Add("reflex", reflex?.Name).Add("source", reflex?.Source).Add("tool", reflex?.Tool));
    }

    private byte[] AddReflex(GatewayCall call)
    {
        RequireOwner(call);
        var reflex = _context.Reflexes.Teach(AgentOf(call), call.Params.Text("phrase"), call.Params.LongText("action"));
        return FrameWriter.Payload(to => to.Add("ok", true).Add("name", reflex.Name));
    }

    private byte[] RemoveReflex(GatewayCall call)
    {
        RequireOwner(call);
        return _context.Reflexes.Remove(AgentOf(call), call.Params.Text("name")) ? Done() : throw UnknownReflex(call);
    }

    private byte[] SetReflex(GatewayCall call)
    {
        RequireOwner(call);
        return _context.Reflexes.Enable(AgentOf(call), call.Params.Text("name"), call.Params.OptionalFlag("enabled") ?? true) ? Done() : throw UnknownReflex(call);
    }

    private static void RequireOwner(GatewayCall call)
    {
        if (OriginOf(call).Person is not null) throw Denied(AccessDecision.Deny("owner alone"));
    }

    private Func<string, bool> ToolsOf(GatewayCall call, Agent agent)
    {
        var tools = _context.Tools.For(agent.Id, null, OriginOf(call).Person).Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal);
        return tools.Contains;
    }

    private static GatewayException UnknownReflex(GatewayCall call) => GatewayException.Invalid($"There is no reflex {call.Params.Text("name")}. appliance reflexes list names them.");

    private sealed record ReflexRow(ReflexState State, bool IsThere) : IPayload
    {
        public void Write(PayloadWriter to) => to
            .Add("name", State.Reflex.Name).Add("source", State.Reflex.Source).Add("tool", State.Reflex.Tool).Add("says", State.Reflex.Says)
            .Add("state", State.IsOffer ? "offered" : State.IsDisabled ? "disabled" : IsThere ? "enabled" : "no tool");
    }
}
