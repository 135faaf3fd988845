using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Sessions;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Sessions;

/// <summary>
/// Gives a task to a sub-agent: a turn in a session of its own, with the agent's own rights and no more, which sees the task and nothing
/// else of this conversation. The call waits for its answer. Depth, number and steps are bounded, and who stops the turn stops them all.
/// </summary>
/// <param name="agents">The agents of the box.</param>
/// <param name="turns">Runs turns.</param>
internal sealed class SessionSpawnTool(AgentBook agents, Func<TurnRunner> turns) : Tool(
    "sessions_spawn", "Give a task to a helper that works alone and reports back.",
    """{"type":"object","properties":{"task":{"type":"string"}},"required":["task"]}""")
{
    /// <summary>Sub-agents of sub-agents, at most.</summary>
    public const int Deepest = 2;

    /// <summary>Sub-agents that one turn may have, those of its sub-agents included.</summary>
    public const int MostOfATurn = 8;

    public override ToolEffect Effect => ToolEffect.Writes;

    public override ToolProfile Profile => ToolProfile.Assistant;

    // Said by the result itself.
    public override bool ReturnsData => false;

    public override TimeSpan Limit => TimeSpan.FromMinutes(10);

    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var task = arguments.Text("task");
        if (context.Depth >= Deepest) throw new ToolException("A helper of a helper cannot have helpers. Do it yourself.");
        var agent = agents.Find(context.Agent) ?? throw new ToolException($"There is no agent {context.Agent}.");
        var key = SessionKey.OfHelper(agent.Id, context.RunId, context.CallId);
        var ofTurn = SessionKey.OfHelper(agent.Id, context.RunId, "");
        if (agent.Sessions.List().Count(s => s.Key.StartsWith(ofTurn, StringComparison.Ordinal)) >= MostOfATurn)
            throw new ToolException($"This turn has had {MostOfATurn} helpers already. Go on without more.");
        var session = agent.Sessions.GetOrCreate(key);
        return await SessionTurn.RunAsync(turns(), session, task, context, cancellation);
    }
}
