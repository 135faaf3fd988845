using Microsoft.AspNetCore.Http.Features;
using Models;
using Runtime.Agents.Turns;
using Runtime.Sessions;

namespace Appliance.Http.Agents;

/// <summary>POST /api/v1/chat: says something to an agent, in a session that is kept, and waits for the answer.</summary>
internal sealed class AgentChat(AgentDoor door)
{
    /// <summary>Answers. The turn goes on where the client leaves; asking again with the same idempotency key waits for the same turn.</summary>
    public async Task HandleAsync(HttpContext context, CancellationToken cancellation)
    {
        JsonBody.RequireJsonContentType(context.Request);
        var request = await JsonBody.ReadAsync(context, AgentJson.Wire.AgentChatRequest, cancellation);
        if (string.IsNullOrWhiteSpace(request.Message)) throw ApiException.BadRequest("message is required.", "message");
        var visit = door.Enter(context, request.AgentId, request.SessionKey);
        var session = visit.Agent.Sessions.GetOrCreate(visit.Key);
        if (!context.Features.GetRequiredFeature<ModelRights>().HasAll)
            context.RequireModel(door.Context.ModelName(session.Settings.Model ?? visit.Agent.Settings.Model ?? door.Context.Options.Model));
        var runId = AgentDoor.RunId(context, "chat", request.IdempotencyKey);
        var turn = Start(door.Context.Turns, session, runId, request.Message, visit.Person is null ? null : new TurnOrigin { Person = visit.Person });
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, AgentAnswer.Of(visit.Key, runId, await turn.Result.WaitAsync(cancellation)), AgentJson.Wire.AgentAnswer);
    }

    /// <summary>Begins a turn, or finds the one that this key began.</summary>
    /// <exception cref="ApiException">409: it was before this program's start; 503: too many wait.</exception>
    public static Turn Start(TurnRunner turns, Session session, string runId, string text, TurnOrigin? origin = null)
    {
        try
        {
            return turns.Start(session, runId, text, origin: origin)
                ?? throw new ApiException(StatusCodes.Status409Conflict, "This idempotency key was used before; what came of it is in the session.", "idempotencyKey", "already_done");
        }
        catch (ModelException e)
        {
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, e.Message, null, "overloaded");
        }
    }
}
