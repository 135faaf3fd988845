using Runtime.Skills.Format;

namespace Runtime.Skills;

/// <summary>A skill as it is here now. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">Where it lies.</param>
/// <param name="Folder">Full path of its folder; for one inside the program, a name that nothing has on the disk.</param>
public sealed record Skill(string Name, SkillSource Source, string Folder)
{
    /// <summary>The file in its folder that says what it is: SKILL.md, or config.json.</summary>
    public string File { get; init; } = "SKILL.md";

    /// <summary>What that file says; null where it cannot be read.</summary>
    public SkillManifest? Manifest { get; init; }

    /// <summary>Why it cannot be used: its file is wrong, or it is not what its owner confirmed. Null where nothing is wrong.</summary>
    public string? Problem { get; init; }

    /// <summary>True where its owner put it out of use.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>What was recorded when it was installed; null where it was put there by hand, or is bundled.</summary>
    public SkillPin? Pin { get; init; }

    /// <summary>What it needs and is not there.</summary>
    public SkillNeeds Missing { get; init; } = SkillNeeds.None;

    /// <summary>True where an agent can use it.</summary>
    public bool IsEligible => Manifest is not null && Problem is null && !IsDisabled && Missing.IsNothing;

    /// <summary>Why an agent cannot use it, in words; null where it can.</summary>
    public string? WhyNot => Problem ?? (IsDisabled ? "disabled" : Missing.IsNothing ? null : $"missing: {Missing}");
}
