using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Sessions;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Sessions;

/// <summary>Says something in another conversation of the agent, or to another agent, and brings the answer.</summary>
/// <param name="agents">The agents of the box.</param>
/// <param name="turns">Runs turns.</param>
internal sealed class SessionSendTool(AgentBook agents, Func<TurnRunner> turns) : Tool(
    "sessions_send", "Say something in another conversation, or to another agent.",
    """{"type":"object","properties":{"to":{"type":"string","description":"conversation or agent"},"message":{"type":"string"}},"required":["to","message"]}""")
{
    public override ToolEffect Effect => ToolEffect.Writes;

    public override ToolProfile Profile => ToolProfile.Assistant;

    // Said by the result itself.
    public override bool ReturnsData => false;

    public override TimeSpan Limit => TimeSpan.FromMinutes(5);

    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var (to, message) = (arguments.Text("to"), arguments.Text("message"));
        if (context.Person is not null) throw new ToolException("Only the owner's conversations can reach others.");
        if (context.Depth >= SessionSpawnTool.Deepest) throw new ToolException("Messages are not passed on any further. Answer yourself.");
        var session = agents.Find(to) is { } other && other.Id != context.Agent
            ? other.Sessions.GetOrCreate(SessionKey.MainOf(other.Id))
            : SessionReach.Find(agents, context, to);
        if (session.Key == context.SessionKey) throw new ToolException("That is this conversation.");
        return await SessionTurn.RunAsync(turns(), session, $"[From agent {context.Agent}, conversation {context.SessionKey}]\n{message}", context, cancellation);
    }
}
