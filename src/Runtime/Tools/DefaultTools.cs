using Runtime.Agents;
using Runtime.Tools.Files;
using Runtime.Tools.Sessions;

namespace Runtime.Tools;

/// <summary>The tools every box has.</summary>
public static class DefaultTools
{
    /// <summary>All of them, in the order of prompts.</summary>
    public static IEnumerable<Tool> All(AgentBook agents, TimeProvider time) =>
    [
        new TimeTool(time), .. FileTools.All, new SessionListTool(agents), new SessionHistoryTool(agents), new SessionStatusTool(agents),
    ];
}
