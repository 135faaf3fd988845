using System.Collections.Frozen;
using System.Text.Json;
using Runtime.Agents;
using Runtime.Tools;

namespace Appliance.Gateway.Methods;

/// <summary>
/// One tool of an agent, called by a program and not by a turn: <c>tools.invoke</c> and POST /tools/invoke. The policy is the one of the
/// agent's turns, and what changes this box is not for it at all. Safe for several threads.
/// </summary>
internal static class OutsideTools
{
    // A script's token must not become a shell, whatever the policy says (OpenClaw's list; ours has more by their effect).
    private static readonly FrozenSet<string> Never = FrozenSet.Create(
        StringComparer.Ordinal, "exec", "spawn", "shell", "fs_write", "fs_delete", "fs_move", "apply_patch", "sessions_spawn", "sessions_send", "cron", "gateway", "nodes", "message", "browser", "canvas");

    /// <summary>Calls it.</summary>
    /// <param name="tools">All there are.</param>
    /// <param name="agent">Whose tool it is.</param>
    /// <param name="session">The session the call belongs to.</param>
    /// <param name="person">Who asks; null for the owner.</param>
    /// <param name="name">The tool.</param>
    /// <param name="arguments">Its arguments; undefined for none.</param>
    /// <param name="runId">Id of the call.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What came of it; null where there is no such tool for them: what may not be called and what is not there are told alike.</returns>
    public static async Task<ToolResult?> CallAsync(
        ToolRunner tools, Agent agent, string session, string? person, string name, JsonElement arguments, string runId, CancellationToken cancellation)
    {
        var isThere = tools.For(agent.Id, null, person).Any(tool => tool.Name == name && !Never.Contains(name) && tool.Effect is ToolEffect.Reads or ToolEffect.Outward);
        return !isThere ? null : await tools.CallAsync(name, new ToolArguments(arguments), new ToolContext
        {
            Agent = agent.Id,
            SessionKey = session,
            RunId = runId,
            CallId = runId,
            Files = agent.Files,
            Person = person,
            // Nobody vouches for what a program sends: what reaches out is asked about.
            IsTainted = true,
        }, cancellation);
    }
}
