using Runtime.Agents;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Sessions;

/// <summary>Tells what the agent knows of the session it is in.</summary>
internal sealed class SessionStatusTool(AgentBook agents) : Tool(
    "session_status", "This conversation's model and size.", """{"type":"object","properties":{}}""")
{
    public override ToolEffect Effect => ToolEffect.Reads;

    public override ToolProfile Profile => ToolProfile.Minimal;

    public override bool ReturnsData => false;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var session = SessionReach.Find(agents, context, null);
        var model = session.Settings.Model ?? agents.Find(context.Agent)?.Settings.Model ?? "default";
        return Task.FromResult(new ToolResult(
            $"{session.Key}: {session.MessageCount} messages, model {model}, {session.LastTurnTokens} tokens in the last answer's context, {session.Tokens.Input + session.Tokens.Output} in all."));
    }
}
