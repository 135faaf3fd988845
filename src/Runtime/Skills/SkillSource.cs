namespace Runtime.Skills;

/// <summary>Where a skill lies, what counts most first.</summary>
public enum SkillSource
{
    /// <summary>The agent's workspace.</summary>
    Workspace,

    /// <summary>The home folder: for all agents.</summary>
    User,

    /// <summary>The program itself.</summary>
    Bundled,
}
