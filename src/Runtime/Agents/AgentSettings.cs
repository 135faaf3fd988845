using Runtime.Agents.Routing;
using Runtime.Sessions;
using Runtime.Tools.Files;
using Runtime.Tools.Policy;

namespace Runtime.Agents;

/// <summary>What its owner set for an agent. Immutable.</summary>
public sealed record AgentSettings
{
    /// <summary>Its id: letters, digits, <c>-</c> and <c>_</c>.</summary>
    public string Id { get; init; } = SessionKey.MainAgent;

    /// <summary>What it is called; null for its id.</summary>
    public string? Name { get; init; }

    /// <summary>Full path of its workspace; null for the one in its own folder.</summary>
    public string? Workspace { get; init; }

    /// <summary>Folders beyond the workspace that are open to it.</summary>
    public IReadOnlyList<FileFolder> Folders { get; init; } = [];

    /// <summary>The model for sessions that name none; null for the box's default.</summary>
    public string? Model { get; init; }

    /// <summary>What it answers, where no binding says otherwise.</summary>
    public Activation Activation { get; init; }

    /// <summary>What it may call.</summary>
    public ToolRules Tools { get; init; } = ToolRules.Assistant;

    /// <summary>Whether reflexes answer before its model.</summary>
    public bool HasReflexes { get; init; } = true;

    /// <summary>What becomes of its helpers' sessions.</summary>
    public HelperRules Helpers { get; init; } = new();

    /// <summary>Steps (answers of the model, with the calls in them) a turn may have.</summary>
    public int MostSteps { get; init; } = 50;

    /// <summary>How long a turn may take.</summary>
    public TimeSpan TurnLimit { get; init; } = TimeSpan.FromMinutes(10);
}
