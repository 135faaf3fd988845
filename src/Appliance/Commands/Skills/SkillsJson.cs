using System.Text.Json.Serialization;
using Runtime.Skills;
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

    /// <summary>Of a skill.</summary>
    public static SkillJson Of(Skill skill) =>
        new(skill.Name, skill.Manifest?.Description ?? "", skill.Source.ToString().ToLowerInvariant(), skill.Folder, skill.IsEligible, skill.IsDisabled, skill.WhyNot, skill.Pin?.Hash)
        {
            Tools = skill.Manifest?.AllowedTools ?? [],
            Bins = [.. (skill.Manifest?.Needs.Bins ?? []).Concat(skill.Manifest?.Needs.AnyBins ?? [])],
            License = skill.Manifest?.License,
        };
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
    /// <summary>Of a review.</summary>
    public static SkillReviewJson Of(SkillReview review, bool installed) => new(
        installed, review.Manifest.Name, review.Manifest.Description, review.Manifest.Version, review.Hash, review.Files.Count, review.Files.Sum(f => f.Size), review.Manifest.AllowedTools,
        [.. review.Manifest.Needs.Bins, .. review.Manifest.Needs.AnyBins], review.Manifest.Needs.Env, review.Hosts, review.Scripts, review.Findings, review.Widened);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SkillListJson))]
[JsonSerializable(typeof(SkillChecksJson))]
[JsonSerializable(typeof(SkillReviewJson))]
internal sealed partial class SkillsJson : JsonSerializerContext;
