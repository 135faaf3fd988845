using System.Text;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Agents;
using Runtime.Skills;

namespace Appliance.Gateway.Methods;

// Skills: what there is, what of it can be used, putting it in and out of use.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Skills =>
    [
        GatewayMethod.Of("skills.status", Scope.Read, call => FrameWriter.Payload(
            new SkillsStatus(AgentOf(call).Workspace, AgentOf(call).Skills.UserFolder, AgentOf(call).Id, [.. SkillsOf(AgentOf(call)).Select(s => new SkillRow(s))]))),
        GatewayMethod.Of("skills.search", Scope.Read, SearchSkills),
        GatewayMethod.Of("skills.detail", Scope.Read, call =>
        {
            var skill = FindSkill(call, "slug");
            return FrameWriter.Payload(to => to.Add("skill", skill.Manifest is null ? null : new SkillAbout(skill)).Nothing(skill.Manifest is null ? ["skill"] : []));
        }),
        GatewayMethod.Of("skills.skillCard", Scope.Read, call =>
        {
            var (skill, file) = (FindSkill(call, "skillKey"), SkillBook.FileOf(FindSkill(call, "skillKey")));
            return FrameWriter.Payload(to => to.Add("schema", "openclaw.skills.skill-card.v1").Add("skillKey", skill.Name).Add("path", $"{skill.Folder}/{skill.File}")
                .Add("sizeBytes", Encoding.UTF8.GetByteCount(file)).Add("content", file));
        }),
        GatewayMethod.Of("skills.securityVerdicts", Scope.Read, call => FrameWriter.Payload(to => to
            .Add("schema", "openclaw.skills.security-verdicts.v1").Add("items", [.. SkillsOf(AgentOf(call)).Where(s => s.Pin is not null).Select(s => new SkillVerdict(s))]))),
        GatewayMethod.Of("skills.bins", GatewayMethod.NodesOnly, _ => FrameWriter.Payload(to => to.Add("bins", (IReadOnlyList<string>)[.. SkillsOf(_context.Agents.Default)
            .Where(s => s is { Manifest: not null, IsDisabled: false, Problem: null }).SelectMany(s => s.Manifest!.Needs.Bins.Concat(s.Manifest.Needs.AnyBins)).Distinct().Order(StringComparer.Ordinal)]))),
        new GatewayMethod("skills.update", Scope.Admin, UpdateSkillAsync),
    ];

    private byte[] SearchSkills(GatewayCall call)
    {
        var words = (call.Params.OptionalText("query", 512) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var limit = (int)(call.Params.OptionalNumber("limit", 1, 100) ?? 20);
        var found = SkillsOf(_context.Agents.Default).Where(s => s.Manifest is not null)
            .Select(s => new SkillFound(s, words.Length == 0 ? 1 : words.Count(w => $"{s.Name} {s.Manifest!.Description}".Contains(w, StringComparison.OrdinalIgnoreCase)) / (double)words.Length))
            .Where(f => f.Score > 0).OrderByDescending(f => f.Score).ThenBy(f => f.Skill.Name, StringComparer.Ordinal).Take(limit);
        return FrameWriter.Payload(to => to.Add("results", [.. found]));
    }

    private async Task<byte[]?> UpdateSkillAsync(GatewayCall call)
    {
        if (call.Params.OptionalText("source") is not null)
        {
            var slug = call.Params.OptionalFlag("all") == true ? null : call.Params.Text("slug", 64);
            var wanted = SkillsOf(_context.Agents.Default).Where(s => slug is null ? s.Pin is { } pin && IsAddress(pin.Source) : s.Name == slug).ToList();
            if (slug is not null && wanted.Count == 0) throw NoRegistry();
            var results = new List<SkillUpdated>();
            foreach (var one in wanted) results.Add(new SkillUpdated(one.Name, (await UpdateFromSourceAsync(call, one)).Pin?.Hash != one.Pin?.Hash));
            return FrameWriter.Payload(to => to.Add("ok", true).Add("results", results));
        }
        // What a skill wants in its environment is never applied: keys belong into the configuration's secrets.
        if (call.Params.Names("apiKey") || call.Params.Names("env")) throw GatewayException.Unavailable("Skills are given no variables here. Put secrets in with `appliance config`.");
        var (skill, enabled) = (FindSkill(call, "skillKey"), call.Params.OptionalFlag("enabled") ?? throw call.Params.Fault("must have required property 'enabled'"));
        var book = _context.Agents.Default.Skills;
        skill = enabled ? book.Enable(skill.Name, _context.Now) : book.Disable(skill.Name);
        Audit($"{Who(call)} {(enabled ? "enabled" : "disabled")} the skill {skill.Name}");
        return FrameWriter.Payload(to => to.Add("ok", true).Add("skillKey", skill.Name).Add("enabled", !skill.IsDisabled));
    }

    private sealed record SkillUpdated(string Slug, bool Changed) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("slug", Slug).Add("ok", true).Add("changed", Changed);
    }

    private Skill FindSkill(GatewayCall call, string parameter)
    {
        var name = call.Params.Text(parameter, 256);
        return SkillsOf(AgentOf(call)).FirstOrDefault(s => s.Name == name) ?? throw GatewayException.Invalid($"There is no skill {Cut(name, 80)}.");
    }

    private IReadOnlyList<Skill> SkillsOf(Agent agent) => agent.Skills.List([.. _context.Tools.For(agent.Id, null, null).Select(t => t.Name)]);
}
