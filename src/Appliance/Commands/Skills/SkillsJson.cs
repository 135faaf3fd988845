using System.Text.Json.Serialization;
using Runtime.Skills;
using Runtime.Skills.Format;
using Runtime.Skills.Installing;

namespace Appliance.Commands.Skills;

/// <summary>What <c>skills list --json</c> prints.</summary>
internal sealed record SkillListJson(string Workspace, string Home, IReadOnlyList<SkillJson> Skills);

/// <summary>A skill; <c>reason</c> says why it cannot be used.</summary>
internal sealed record SkillJson(string Name, string Description, string Source, string Folder, bool Eligible, bool Disabled, string? Reason, string? Hash)
{
    public IReadOnlyList<string> Tools { get; init; } = [];
    public IReadOnlyList<string> Bins { get; init; } = [];
    public string? License { get; init; }
    public SkillProgramJson? Program { get; init; }

    /// <summary>Of a skill.</summary>
    public static SkillJson Of(Skill skill) =>
        new(skill.Name, skill.Manifest?.Description ?? "", skill.Source.ToString().ToLowerInvariant(), skill.Folder, skill.IsEligible, skill.IsDisabled, skill.WhyNot, skill.Pin?.Hash)
        {
            Tools = skill.Manifest?.AllowedTools ?? [],
            Bins = [.. (skill.Manifest?.Needs.Bins ?? []).Concat(skill.Manifest?.Needs.AnyBins ?? [])],
            License = skill.Manifest?.License,
            Program = SkillProgramJson.Of(skill.Manifest),
        };
}

/// <summary>The program of a skill that is one: the file, what is said to call it, what it sees of the workspace, seconds it may run.</summary>
internal sealed record SkillProgramJson(string File, IReadOnlyList<string> Triggers, string Workspace, int Timeout)
{
    /// <summary>Of a skill; null for one of words.</summary>
    public static SkillProgramJson? Of(SkillManifest? manifest) => manifest?.Program is not { } program
        ? null
        : new(SkillProgram.EntryFile, [.. program.Triggers.Select(trigger => trigger.Text)], program.Workspace.ToString().ToLowerInvariant(), (int)program.Time.TotalSeconds);
}

/// <summary>What <c>skills check --json</c> prints.</summary>
internal sealed record SkillChecksJson(bool Ok, IReadOnlyList<SkillCheckJson> Skills);

/// <summary>What is wrong with one folder.</summary>
internal sealed record SkillCheckJson(string Folder, IReadOnlyList<string> Problems);

/// <summary>What <c>skills install --json</c> prints.</summary>
internal sealed record SkillReviewJson(
    bool Installed, string Name, string Description, string? Version, string Hash, int Files, long Bytes, IReadOnlyList<string> Tools, IReadOnlyList<string> Bins, IReadOnlyList<string> Env,
    IReadOnlyList<string> Hosts, IReadOnlyList<SkillScript> Scripts, IReadOnlyList<string> Findings, IReadOnlyList<string> Widened)
{
    public SkillProgramJson? Program { get; init; }

    /// <summary>Of a review.</summary>
    public static SkillReviewJson Of(SkillReview review, bool installed) => new(
        installed, review.Manifest.Name, review.Manifest.Description, review.Manifest.Version, review.Hash, review.Files.Count, review.Files.Sum(f => f.Size), review.Manifest.AllowedTools,
        [.. review.Manifest.Needs.Bins, .. review.Manifest.Needs.AnyBins], review.Manifest.Needs.Env, review.Hosts, review.Scripts, review.Findings, review.Widened)
    {
        Program = SkillProgramJson.Of(review.Manifest),
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SkillListJson))]
[JsonSerializable(typeof(SkillChecksJson))]
[JsonSerializable(typeof(SkillReviewJson))]
internal sealed partial class SkillsJson : JsonSerializerContext;
