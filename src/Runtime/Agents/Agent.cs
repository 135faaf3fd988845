using Runtime.Sessions;
using Runtime.Skills;
using Runtime.Tools.Files;

namespace Runtime.Agents;

/// <summary>One agent of the box: its settings, its workspace and its sessions. Safe for several threads.</summary>
public sealed class Agent
{
    internal Agent(AgentSettings settings, string home, SessionStore sessions, Func<string, bool>? hasSetting)
    {
        var folder = Path.Combine(home, "agents", settings.Id);
        Settings = settings;
        Workspace = settings.Workspace ?? Path.Combine(folder, "workspace");
        Sessions = sessions;
        Skills = new SkillBook(home, Workspace, SkillSurroundings.Here(Workspace, hasSetting));
        // What comes with a skill for all agents is theirs to read.
        Files = new FileArea(Workspace, [.. settings.Folders, new FileFolder(Skills.UserFolder, IsWritable: false)]);
    }

    /// <summary>Its id.</summary>
    public string Id => Settings.Id;

    /// <summary>What it is called.</summary>
    public string Name => Settings.Name ?? Settings.Id;

    /// <summary>What its owner set.</summary>
    public AgentSettings Settings { get; }

    /// <summary>Full path of its workspace, which may not exist yet.</summary>
    public string Workspace { get; }

    /// <summary>Its sessions.</summary>
    public SessionStore Sessions { get; }

    /// <summary>The files it may use.</summary>
    public FileArea Files { get; }

    /// <summary>The skills it has.</summary>
    public SkillBook Skills { get; }
}
