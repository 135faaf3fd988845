using Appliance.Gateway.Protocol;
using Runtime.Skills;
using Runtime.Skills.Format;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about skills send, as transcript 16 and FIELDS have it.

internal sealed record SkillsStatus(string WorkspaceDir, string ManagedSkillsDir, string AgentId, IReadOnlyList<SkillRow> Skills) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("workspaceDir", WorkspaceDir).Add("managedSkillsDir", ManagedSkillsDir).Add("agentId", AgentId).Add("skills", Skills);
}

internal sealed record SkillRow(Skill Skill) : IPayload
{
    /// <summary>As OpenClaw's clients know it.</summary>
    public static string SourceOf(Skill skill) => skill.Source switch { SkillSource.Workspace => "openclaw-workspace", SkillSource.User => "openclaw-managed", _ => "openclaw-bundled" };

    public void Write(PayloadWriter to)
    {
        var manifest = Skill.Manifest;
        to.Add("name", Skill.Name).Add("description", manifest?.Description ?? Skill.Problem ?? "").Add("source", SourceOf(Skill)).Add("bundled", Skill.Source == SkillSource.Bundled)
            .Add("filePath", $"{Skill.Folder}/{Skill.File}").Add("baseDir", Skill.Folder).Add("skillKey", Skill.Name).Add("primaryEnv", manifest?.PrimaryEnv).Add("emoji", manifest?.Emoji)
            .Add("homepage", manifest?.Homepage).Add("always", manifest?.Always ?? false).Add("disabled", Skill.IsDisabled).Add("blockedByAllowlist", Skill.Problem is not null)
            .Add("blockedByAgentFilter", Skill.Missing.Tools.Count > 0).Add("eligible", Skill.IsEligible).Add("platformIncompatible", Skill.Missing.Os.Count > 0)
            .Add("modelVisible", Skill.IsEligible).Add("userInvocable", true).Add("commandVisible", false)
            .Add("requirements", new SkillNeedsRow(manifest?.Needs ?? SkillNeeds.None)).Add("missing", new SkillNeedsRow(Skill.Missing)).None("configChecks", "install");
    }
}

internal sealed record SkillNeedsRow(SkillNeeds Needs) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("bins", Needs.Bins).Add("anyBins", Needs.AnyBins).Add("env", Needs.Env).Add("config", Needs.Config).Add("os", Needs.Os);
}

/// <summary>A skill that a search found on this box.</summary>
internal sealed record SkillFound(Skill Skill, double Score) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Raw("score", Encode(Score)).Add("slug", Skill.Name).Add("registry", "local").Add("installRef", Skill.Name).Add("displayName", Skill.Name)
        .Add("summary", Skill.Manifest!.Description).Add("version", Skill.Manifest.Version);

    private static byte[] Encode(double score) => System.Text.Encoding.ASCII.GetBytes(score.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture));
}

internal sealed record SkillAbout(Skill Skill) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("slug", Skill.Name).Add("displayName", Skill.Name).Add("summary", Skill.Manifest!.Description).Add("createdAt", Skill.Pin?.AtMs ?? 0).Add("updatedAt", Skill.Pin?.AtMs ?? 0);
}

/// <summary>Whether a skill that was installed is still what was confirmed.</summary>
internal sealed record SkillVerdict(Skill Skill) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("registry", "local").Add("ok", Skill.Problem is null).Add("decision", Skill.Problem is null ? "confirmed" : "blocked").Add("reasons", Skill.Problem is { } why ? [why] : [])
        .Add("requestedSlug", Skill.Name).Add("requestedVersion", Skill.Manifest?.Version ?? "").Add("slug", Skill.Name).Add("displayName", Skill.Name).Add("checkedAt", Skill.Pin?.AtMs);
}
