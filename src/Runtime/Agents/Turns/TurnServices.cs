using Models.Generation;
using Runtime.Tools;

namespace Runtime.Agents.Turns;

/// <summary>What turns work with.</summary>
/// <param name="Models">Who answers.</param>
/// <param name="Agents">Whose turns these are.</param>
/// <param name="Tools">What they may call.</param>
/// <param name="DefaultModel">The model for sessions and agents that name none; null leaves it to the store.</param>
/// <param name="Time">The clock.</param>
public sealed record TurnServices(IModelHost Models, AgentBook Agents, ToolRunner Tools, string? DefaultModel, TimeProvider Time)
{
    /// <summary>Unix milliseconds.</summary>
    internal long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
