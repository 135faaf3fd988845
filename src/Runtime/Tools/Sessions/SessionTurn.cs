using Runtime.Agents.Turns;
using Runtime.Sessions;

namespace Runtime.Tools.Sessions;

/// <summary>A turn that a tool begins in another session, and waits for.</summary>
internal static class SessionTurn
{
    /// <summary>Runs it. What is in the caller's conversation is in the other one from then on, and the other way round: both are tainted if one is.</summary>
    public static async Task<ToolResult> RunAsync(TurnRunner turns, Session session, string text, ToolContext context, CancellationToken cancellation)
    {
        var origin = new TurnOrigin { Channel = context.Channel, Person = context.Person, SpawnedBy = context.SessionKey, Depth = context.Depth + 1, IsTainted = context.IsTainted };
        // The call's own id: a call that is made again is the same turn.
        var turn = turns.Start(session, $"{context.RunId}:{context.CallId}", text, onAccepted: null, origin) ?? throw new ToolException("This was asked before, and answered.");
        using var stop = cancellation.Register(turn.Abort);
        var result = await turn.Result.WaitAsync(cancellation);
        var answer = result.Answer?.Text ?? result.Error ?? "It was stopped.";
        return new ToolResult(answer) { IsError = result.Status != TurnStatus.Ok, IsData = session.IsTainted };
    }
}
