namespace Runtime.Skills.Installing;

/// <summary>A skill in quarantine; disposing of it takes away what is left there.</summary>
public sealed class StagedSkill : IDisposable
{
    internal StagedSkill(string folder, string skill, string source, string target, SkillReview review) => (Folder, Skill, Source, Target, Review) = (folder, skill, source, target, review);

    /// <summary>What was found.</summary>
    public SkillReview Review { get; }

    /// <summary>What was named.</summary>
    public string Source { get; }

    /// <summary>Where it would be.</summary>
    public string Target { get; }

    internal string Folder { get; }

    internal string Skill { get; }

    /// <inheritdoc/>
    public void Dispose() => SkillInstaller.Delete(Folder);
}
