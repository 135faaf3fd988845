using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.Features;
using Runtime.Tools;

namespace Appliance.Http.Agents;

/// <summary>POST /tools/invoke: calls one tool of an agent, by the policy that its turns have, and never what changes this box.</summary>
internal sealed class ToolInvocation(AgentDoor door)
{
    private const long LargestBody = 2 * 1024 * 1024;

    // A script's token must not become a shell, whatever the policy says (OpenClaw's list; ours has more by their effect).
    private static readonly FrozenSet<string> Never = FrozenSet.Create(
        StringComparer.Ordinal, "exec", "spawn", "shell", "fs_write", "fs_delete", "fs_move", "apply_patch", "sessions_spawn", "sessions_send", "cron", "gateway", "nodes", "message", "browser", "canvas");

    /// <summary>Answers with what came of it.</summary>
    public async Task HandleAsync(HttpContext context, CancellationToken cancellation)
    {
        JsonBody.RequireJsonContentType(context.Request);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = LargestBody;
        var request = await JsonBody.ReadAsync(context, AgentJson.Wire.ToolRequest, cancellation);
        var name = request.Tool ?? request.Name;
        if (string.IsNullOrEmpty(name)) throw ApiException.BadRequest("tool is required.", "tool");
        var visit = door.Enter(context, request.AgentId, request.SessionKey);
        var tools = door.Context.Tools;
        // What may not be called and what is not there are told alike.
        if (!tools.For(visit.Agent.Id, null, visit.Person).Any(tool => tool.Name == name && !Never.Contains(name) && tool.Effect is ToolEffect.Reads or ToolEffect.Outward))
            throw new ApiException(StatusCodes.Status404NotFound, $"There is no tool '{name}' to call from here.", "tool", "not_found");
        var arguments = request.Args.IsPresent() ? request.Args.ToPlainObject("args") : default;
        var runId = AgentDoor.RunId(context, "tool", request.IdempotencyKey);
        var result = await tools.CallAsync(name, new ToolArguments(arguments), new ToolContext
        {
            Agent = visit.Agent.Id,
            SessionKey = visit.Key,
            RunId = runId,
            CallId = runId,
            Files = visit.Agent.Files,
            Person = visit.Person,
            // Nobody vouches for what a program sends: what reaches out is asked about.
            IsTainted = true,
        }, cancellation);
        if (result.IsRefused) throw new ApiException(StatusCodes.Status403Forbidden, result.Text, "tool", "not_allowed");
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new ToolAnswer(!result.IsError, new ToolContent([new ToolText(result.Text)], result.IsError)), AgentJson.Wire.ToolAnswer);
    }
}
