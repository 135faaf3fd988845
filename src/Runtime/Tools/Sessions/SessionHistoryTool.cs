using System.Text;
using Runtime.Agents;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Sessions;

/// <summary>Reads what was said in a session.</summary>
internal sealed class SessionHistoryTool(AgentBook agents) : Tool(
    "sessions_history", "Read a conversation's last messages.",
    """{"type":"object","properties":{"session":{"type":"string"},"count":{"type":"integer"}}}""")
{
    private const int LongestMessage = 2000;

    public override ToolEffect Effect => ToolEffect.Reads;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var session = SessionReach.Find(agents, context, arguments.OptionalText("session"));
        var text = new StringBuilder();
        foreach (var message in session.Read().TakeLast(arguments.OptionalNumber("count", 1, 100) ?? 20))
            text.Append($"{message.Role}: {Bounded.Cut(message.Text, LongestMessage)}\n\n");
        return Task.FromResult(new ToolResult(text.Length > 0 ? text.ToString() : "Nothing was said yet."));
    }
}
