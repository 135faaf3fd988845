namespace Runtime.Skills;

/// <summary>What an owner confirmed: exactly this content of a skill.</summary>
/// <param name="Hash">Of all its files (<see cref="SkillFiles.Hash"/>).</param>
/// <param name="Source">Where it came from.</param>
/// <param name="AtMs">When it was confirmed, Unix milliseconds.</param>
public sealed record SkillPin(string Hash, string Source, long AtMs);
