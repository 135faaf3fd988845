using Appliance.Gateway.Methods;
using Microsoft.AspNetCore.Http.Features;

namespace Appliance.Http.Agents;

/// <summary>POST /tools/invoke: calls one tool of an agent, by the policy that its turns have, and never what changes this box.</summary>
internal sealed class ToolInvocation(AgentDoor door)
{
    private const long LargestBody = 2 * 1024 * 1024;

    /// <summary>Answers with what came of it.</summary>
    public async Task HandleAsync(HttpContext context, CancellationToken cancellation)
    {
        JsonBody.RequireJsonContentType(context.Request);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = LargestBody;
        var request = await JsonBody.ReadAsync(context, AgentJson.Wire.ToolRequest, cancellation);
        var name = request.Tool ?? request.Name;
        if (string.IsNullOrEmpty(name)) throw ApiException.BadRequest("tool is required.", "tool");
        var visit = door.Enter(context, request.AgentId, request.SessionKey);
        var arguments = request.Args.IsPresent() ? request.Args.ToPlainObject("args") : default;
        var runId = AgentDoor.RunId(context, "tool", request.IdempotencyKey);
        var result = await OutsideTools.CallAsync(door.Context.Tools, visit.Agent, visit.Key, visit.Person, name, arguments, runId, cancellation)
            ?? throw new ApiException(StatusCodes.Status404NotFound, $"There is no tool '{name}' to call from here.", "tool", "not_found");
        if (result.IsRefused) throw new ApiException(StatusCodes.Status403Forbidden, result.Text, "tool", "not_allowed");
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new ToolAnswer(!result.IsError, new ToolContent([new ToolText(result.Text)], result.IsError)), AgentJson.Wire.ToolAnswer);
    }
}
