using Models;
using Models.Generation;
using Runtime.Approvals;
using Runtime.Reflexes;
using Runtime.Sessions;
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
    /// <summary>What is done without a model; null for nothing.</summary>
    public ReflexBook? Reflexes { get; init; }

    /// <summary>Where people are asked; null where nobody is.</summary>
    public ApprovalBook? Approvals { get; init; }

    /// <summary>Unix milliseconds.</summary>
    internal long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The agent that answers in a session. One that was handed over to an agent that is gone is its own agent's again.</summary>
    /// <exception cref="ModelException">There is none.</exception>
    internal Agent AgentOf(Session session) =>
        (session.Settings.HandedTo is { } other ? Agents.Find(other) : null) ?? Agents.Of(session.Key) ?? throw new ModelException($"There is no agent {SessionKey.Agent(session.Key)}.");
}
