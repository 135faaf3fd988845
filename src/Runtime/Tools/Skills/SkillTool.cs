using Runtime.Agents;
using Runtime.Skills;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Skills;

/// <summary>
/// Reads a skill. Nothing runs by that: what the skill tells to do goes through the same policy, approvals and sandbox as everything else.
/// What others wrote is data, with a mark of its own so that it can be of use; bundled skills are the program's own words.
/// </summary>
internal sealed class SkillTool(AgentBook agents) : Tool(
    ToolName, "Read how a skill does its work.", """{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}""")
{
    public const string ToolName = "skill";

    public override ToolEffect Effect => ToolEffect.Reads;

    public override ToolProfile Profile => ToolProfile.Assistant;

    // Decided for each skill below.
    public override bool ReturnsData => false;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var agent = agents.Find(context.Agent) ?? throw new ToolException($"There is no agent {context.Agent}.");
        var (skill, text) = agent.Skills.Open(arguments.Text("name"));
        return Task.FromResult(new ToolResult(text) { IsData = skill.Source != SkillSource.Bundled });
    }
}
