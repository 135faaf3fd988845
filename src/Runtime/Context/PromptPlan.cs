using Microsoft.Extensions.AI;
using Runtime.Agents;
using Runtime.Sessions;
using Runtime.Skills;
using Runtime.Tools;
using Runtime.Tools.Skills;

namespace Runtime.Context;

/// <summary>The beginning of a prompt, and how much room it leaves. Stable: it changes when its files or the set of tools do, and never by itself. Immutable.</summary>
/// <param name="Parts">What the agent is told of itself, in order.</param>
/// <param name="Tools">The tools it is told of.</param>
/// <param name="HistoryRoom">Tokens there are for what was said.</param>
internal sealed record PromptPlan(IReadOnlyList<ContextPart> Parts, IReadOnlyList<AITool> Tools, int HistoryRoom)
{
    /// <summary>The system message; empty for none.</summary>
    public string System { get; } = string.Join("\n\n", Parts.Select(p => p.Text));

    /// <summary>Plans it.</summary>
    /// <param name="agent">Who is told.</param>
    /// <param name="allowed">The tools it may call.</param>
    /// <param name="transcript">What was said.</param>
    /// <param name="target">The model.</param>
    /// <param name="mayReach">Says whether a full path may be reached for whom it answers; null where all may.</param>
    public static PromptPlan Make(Agent agent, IReadOnlyList<Tool> allowed, IReadOnlyList<SessionMessage> transcript, ContextTarget target, Func<string, bool>? mayReach = null)
    {
        var usable = agent.Skills.List([.. allowed.Select(t => t.Name)]);
        // Without a skill that is a program, the tool that runs them would be tokens for nothing; with one it has its place before the others.
        var runs = usable.Any(s => s is { IsEligible: true, Manifest.Program: not null }) ? allowed.Where(t => t.Name == SkillRunTool.ToolName) : [];
        allowed = [.. runs, .. allowed.Where(t => t.Name != SkillRunTool.ToolName)];
        var tools = ToolSelection.Choose(allowed, transcript, target).Select(ToolCard.Of).ToList();
        var skills = tools.Any(t => t.Name == SkillTool.ToolName) ? SkillCards.Text(usable) : "";
        var parts = SystemPrompt.Build(agent, tools.Count > 0, skills, target, mayReach);
        var taken = parts.Sum(p => target.Count(p.Text)) + tools.Sum(target.CostOf);
        return new PromptPlan(parts, tools, Math.Max(0, target.Window - target.Reserve - taken));
    }
}
