using Models.Egress;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Tools.Calc;
using Runtime.Tools.Files;
using Runtime.Tools.Lists;
using Runtime.Tools.Sessions;
using Runtime.Tools.Skills;
using Runtime.Tools.Web;

namespace Runtime.Tools;

/// <summary>The tools every box has.</summary>
public static class DefaultTools
{
    /// <param name="agents">The agents of the box.</param>
    /// <param name="turns">Runs turns; asked for when a tool begins one.</param>
    /// <param name="egress">The owner's rules for what may leave the machine.</param>
    /// <param name="time">The clock.</param>
    /// <summary>All of them, in the order of prompts: where there is room for some, it is for the first.</summary>
    public static IEnumerable<Tool> All(AgentBook agents, Func<TurnRunner> turns, EgressPolicy egress, TimeProvider time) =>
    [
        new ToolsTool(), new TimeTool(time), new CalcTool(), new SkillTool(agents), .. FileTools.All, new WebFetchTool(new PublicDoor(egress)), new ListTool(), new SessionSpawnTool(agents, turns), new SessionSendTool(agents, turns), new SessionListTool(agents), new SessionHistoryTool(agents), new SessionStatusTool(agents), new HandOverTool(agents),
    ];
}
