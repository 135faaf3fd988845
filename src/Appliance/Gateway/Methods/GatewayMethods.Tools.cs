using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Tools: what there are, what a session may call, and calling one without a model.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> ToolMethods =>
    [
        GatewayMethod.Of("tools.catalog", Scope.Read, call => FrameWriter.Payload(new ToolCatalog(AgentOf(call).Id, _context.Tools.All))),
        GatewayMethod.Of("tools.effective", Scope.Read, call =>
        {
            var key = ChatKey(call);
            var agent = RequireAgent(SessionKey.Agent(key));
            // Whose the session is counts, not who asks.
            var owner = SessionOwner.Of(key);
            var allowed = _context.Tools.For(agent.Id, null, owner == Person.OwnerId ? null : owner);
            return FrameWriter.Payload(new EffectiveTools(agent.Id, agent.Settings.Tools.Profile is { } profile ? ToolWords.Of(profile) : "custom", allowed));
        }),
        new GatewayMethod("tools.invoke", Scope.Write, InvokeToolAsync),
    ];

    private async Task<byte[]?> InvokeToolAsync(GatewayCall call)
    {
        var (name, agentId) = (call.Params.Text("name"), call.Params.OptionalText("agentId"));
        var key = ResolveKey(call.Params.OptionalText("sessionKey", SessionKey.Longest) ?? "main", agentId);
        var agent = RequireAgent(SessionKey.Agent(key));
        var arguments = call.Params.OptionalObject("args") is null ? default : call.Params.Any("args");
        var result = await OutsideTools.CallAsync(_context.Tools, agent, key, OriginOf(call).Person, name, arguments, $"tool-{Guid.NewGuid()}", call.Connection.Gone);
        return FrameWriter.Payload(new ToolInvoked(name, result));
    }
}
