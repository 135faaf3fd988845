using Runtime.Sessions;
using Runtime.Tools.Files;

namespace Runtime.Agents;

/// <summary>One agent of the box: its settings, its workspace and its sessions. Safe for several threads.</summary>
public sealed class Agent
{
    internal Agent(AgentSettings settings, string folder, SessionStore sessions)
    {
        Settings = settings;
        Workspace = settings.Workspace ?? Path.Combine(folder, "workspace");
        Sessions = sessions;
        Files = new FileArea(Workspace, settings.Folders);
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
}
