using Runtime.Agents;
using Runtime.Sessions;

namespace Runtime.Tools.Sessions;

/// <summary>Which sessions a caller can reach: the agent's own, and for anybody but the owner the one they speak in.</summary>
internal static class SessionReach
{
    /// <summary>All it can reach, the one written to last first.</summary>
    public static IEnumerable<Session> Visible(AgentBook agents, ToolContext context) =>
        (agents.Find(context.Agent)?.Sessions.List() ?? []).Where(session => CanReach(context, session.Key));

    /// <summary>The one a model named, or the one it is in.</summary>
    /// <exception cref="ToolException">There is none, or it is not to be reached.</exception>
    public static Session Find(AgentBook agents, ToolContext context, string? key)
    {
        var full = key is null ? context.SessionKey : key.StartsWith("agent:", StringComparison.Ordinal) ? key : $"agent:{context.Agent}:{key}";
        var isOwn = full.Split(':') is ["agent", var agent, _, ..] && agent == context.Agent;
        return (isOwn && CanReach(context, full) ? agents.Find(context.Agent)?.Sessions.Find(full) : null) ?? throw new ToolException($"There is no conversation {key}. sessions_list names them.");
    }

    private static bool CanReach(ToolContext context, string key) => context.Person is null || key == context.SessionKey;
}
