using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

// Capabilities that are not here yet. Where real clients ask, they hear that there is nothing of it; where they want something done, that
// it cannot be. None of it is advertised, except what clients insist on.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Absent =>
    [
        GatewayMethod.Of("channels.status", Scope.Read, _ => FrameWriter.Payload(new ChannelsStatus(_context.Now))),
        GatewayMethod.Of("skills.status", Scope.Read, _ => FrameWriter.Payload(
            new SkillsStatus(Path.Combine(_context.Home, "agents", "main", "workspace"), Path.Combine(_context.Home, "skills")))),
        GatewayMethod.Of("cron.list", Scope.Read, call => FrameWriter.Payload(
            new CronPage("empty", (int)(call.Params.OptionalNumber("offset", 0, int.MaxValue) ?? 0), (int)(call.Params.OptionalNumber("limit", 1, 200) ?? 50)))),
        Nothing("cron.status", Scope.Read, """{"enabled":false,"triggersEnabled":false,"storePath":"","storage":"sqlite","jobs":0,"nextWakeAtMs":null}"""),
        Nothing("doctor.memory.status", Scope.Read, """{"agentId":"main","provider":"none","embedding":{"ok":false,"checked":false,"error":"there is no memory on this gateway yet"}}"""),
        Nothing("memory.search", Scope.Read, """{"agentId":"main","provider":"none","searchMode":"fts-only","results":[]}"""),
        Nothing("question.list", Scope.Questions, """{"questions":[]}"""),
        Nothing("exec.approval.list", Scope.Approvals, "[]"),
        Nothing("plugin.approval.list", Scope.Approvals, "[]"),
        Nothing("openclaw.approval.list", Scope.Approvals, "[]"),
        Nothing("taskSuggestions.list", Scope.Read, """{"suggestions":[]}"""),
        Nothing("tasks.list", Scope.Read, """{"tasks":[]}"""),
        Nothing("tools.catalog", Scope.Read, """{"agentId":"main","profiles":[],"groups":[]}"""),
        Nothing("tools.effective", Scope.Read, """{"agentId":"main","profile":"minimal","groups":[]}"""),
        Nothing("update.status", Scope.Admin, """{"sentinel":null,"updateAvailable":null}"""),
        Nothing("voicewake.get", Scope.Read, """{"triggers":[]}"""),
        Nothing("sessions.groups.list", Scope.Read, """{"groups":[],"sectionOrder":[]}"""),
        Nothing("sessions.groups.defaults", Scope.Write, """{"defaults":[]}"""),
        Nothing("sessions.branches.list", Scope.Read, """{"branches":[]}"""),
        Nothing("session.discussion.info", Scope.Read, """{"state":"none"}"""),
        Nothing("progressCard.get", Scope.Read, """{"card":null}"""),
        Nothing("users.prefs.get", Scope.Read, """{"status":"no_durable_identity"}"""),
        Nothing("projects.list", Scope.Read, """{"projects":[]}"""),
        Unavailable("send", Scope.Write, "There are no channels on this gateway yet."),
        Unavailable("message.action", Scope.Write, "There are no channels on this gateway yet."),
        Unavailable("cron.add", Scope.Admin, "There is no schedule on this gateway yet."),
        Unavailable("tools.invoke", Scope.Write, "There are no tools on this gateway yet."),
        Unavailable("set-heartbeats", Scope.Admin, "There are no heartbeats on this gateway yet."),
        Unavailable("exec.approvals.set", Scope.Admin, "No command is run on this gateway yet."),
        Unavailable("sessions.compact", Scope.Admin, "Sessions are not compacted on this gateway yet: what does not fit the context is left out."),
    ];

    private static GatewayMethod Nothing(string name, string access, string answer) =>
        GatewayMethod.Of(name, access, _ => global::System.Text.Encoding.UTF8.GetBytes(answer)) with { IsAdvertised = false };

    private static GatewayMethod Unavailable(string name, string access, string why) =>
        GatewayMethod.Of(name, access, _ => throw GatewayException.Unavailable(why)) with { IsAdvertised = false };
}
