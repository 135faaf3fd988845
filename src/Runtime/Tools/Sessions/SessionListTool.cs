using System.Text;
using Runtime.Agents;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Sessions;

/// <summary>Lists the agent's sessions.</summary>
internal sealed class SessionListTool(AgentBook agents) : Tool(
    "sessions_list", "List conversations.", """{"type":"object","properties":{}}""")
{
    private const int Most = 50;

    public override ToolEffect Effect => ToolEffect.Reads;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        foreach (var session in SessionReach.Visible(agents, context).Take(Most))
        {
            var when = DateTimeOffset.FromUnixTimeMilliseconds(session.UpdatedAt);
            text.Append($"{session.Key}  {when:yyyy-MM-dd HH:mm}Z  {session.MessageCount} messages  {Bounded.Begin(session.Settings.Label ?? session.Title ?? "", 60)}\n");
        }
        return Task.FromResult(new ToolResult(text.Length > 0 ? text.ToString() : "There are no conversations."));
    }
}
