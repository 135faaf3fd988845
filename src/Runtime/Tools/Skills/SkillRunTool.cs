using System.Text.Json;
using Runtime.Agents;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Skills;

/// <summary>
/// Runs the program of a skill that has one. It asks people itself, with what exactly would run (<see cref="SkillRunner"/>), so the policy need
/// not ask a second time. A model is told of it only where there is such a skill.
/// </summary>
/// <param name="agents">The agents of the box.</param>
/// <param name="runner">The way of such a program.</param>
public sealed class SkillRunTool(AgentBook agents, SkillRunner runner) : Tool(
    ToolName, "Run a skill that is a program.", """{"type":"object","properties":{"name":{"type":"string"},"arguments":{"type":"object"}},"required":["name"]}""")
{
    /// <summary>Its name.</summary>
    public const string ToolName = "skill_run";

    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Destructive;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    /// <summary>A person's answer may take its time.</summary>
    public override TimeSpan Limit => TimeSpan.FromMinutes(45);

    /// <inheritdoc/>
    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context) => ToolEffect.Reads;

    /// <inheritdoc/>
    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var agent = agents.Find(context.Agent) ?? throw new ToolException($"There is no agent {context.Agent}.");
        var name = arguments.Text("name");
        var (skill, _) = agent.Skills.Open(name);
        if (skill.Manifest!.Program is null) throw new ToolException($"The skill {name} is no program. Read it with skill and do what it says.");
        var input = arguments.Json.TryGetProperty("arguments", out var given) && given.ValueKind != JsonValueKind.Null ? given : JsonElement.Parse("{}");
        return runner.RunAsync(skill, new ToolArguments(input), context, cancellation);
    }
}
