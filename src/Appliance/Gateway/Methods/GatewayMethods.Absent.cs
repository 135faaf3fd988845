using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

// Capabilities that are not here yet. Where real clients ask, they hear that there is nothing of it; where they want something done, that
// it cannot be. None of it is advertised, except what clients insist on.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Absent =>
    [
        Nothing("taskSuggestions.list", Scope.Read, """{"suggestions":[]}"""),
        Nothing("voicewake.get", Scope.Read, """{"triggers":[]}"""),
        Nothing("session.discussion.info", Scope.Read, """{"state":"none"}"""),
        Nothing("progressCard.get", Scope.Read, """{"card":null}"""),
        Nothing("tts.status", Scope.Read, """{"enabled":false,"auto":"off","provider":"","persona":null,"personas":[],"fallbackProvider":null,"fallbackProviders":[],"providerStates":[]}"""),
        Nothing("talk.catalog", Scope.Read, """{"modes":[],"transports":[],"brains":[],"speech":{"providers":[]},"transcription":{"ready":false,"providers":[]},"realtime":{"ready":false,"providers":[]}}"""),
        Nothing("plugins.controlUi.list", Scope.Read, """{"revision":"none","plugins":[],"diagnostics":[]}"""),
        Nothing("sessions.catalog.list", Scope.Read, """{"catalogs":[]}"""),
        Nothing("sessions.companion.state", Scope.Read, """{"exchanges":[]}"""),
        Nothing("sessions.github.options", Scope.Read, """{"personal":{"state":"disconnected","generation":null,"account":null,"accessExpiresAtMs":null,"refreshState":"not_applicable","pending":null},"shared":null,"pendingPersonal":null,"latestShared":null}"""),
        Nothing("sessions.observer.visibility", Scope.Read, """{"ok":true}"""),
        Nothing("controlUi.sessionPullRequests.subscribe", Scope.Read, """{"subscribed":false}"""),
        GatewayMethod.Of("mentions.list", Scope.Read, _ => FrameWriter.Payload(to => to.Add("gatewayInstanceId", _context.Hub.BootId).Add("revision", 0).None("items"))) with { IsAdvertised = false },
        GatewayMethod.Of("session.members.listEvidence", Scope.Read, call => FrameWriter.Payload(
            to => to.Add("sessionKey", ChatKey(call)).None("members", "identities").Add("role", "admin").None("allowedVisibilities"))) with { IsAdvertised = false },
        Nothing("projects.list", Scope.Read, """{"projects":[]}"""),
        Unavailable("mcp.authLogin", Scope.Admin, "Nobody signs in to an MCP server over the gateway. Put its token on the box: `appliance config set mcp.servers.NAME.token '{\"file\": \"PATH\"}'`."),
        Unavailable("plugin.surface.refresh", Scope.Read, "There are no plugins on this gateway."),
    ];

    private static GatewayMethod Nothing(string name, string access, string answer) =>
        GatewayMethod.Of(name, access, _ => global::System.Text.Encoding.UTF8.GetBytes(answer)) with { IsAdvertised = false };

    private static GatewayMethod Unavailable(string name, string access, string why) =>
        GatewayMethod.Of(name, access, _ => throw GatewayException.Unavailable(why)) with { IsAdvertised = false };
}
