using Runtime.Agents.Turns;
using Runtime.Sessions;

namespace Runtime.Audit;

/// <summary>
/// Tells the audit log of turns: who asked, which model answered, how it ended. Texts by hash and size alone. Safe for several threads.
/// </summary>
/// <param name="log">The log.</param>
public sealed class TurnAudit(AuditLog log)
{
    /// <summary>Hears of a turn.</summary>
    public void Hear(TurnEvent happened)
    {
        var turn = happened.Turn;
        var about = new AuditEvent(AuditKind.Turn, "turn")
        {
            By = new AuditActor { Person = turn.Origin.Person ?? "owner", Channel = turn.Origin.Channel },
            Agent = SessionKey.Agent(turn.Session.Key),
            Session = turn.Session.Key,
            Run = turn.RunId,
        };
        switch (happened)
        {
            case TurnStarted:
                log.Record(about with { Outcome = "started", Input = AuditContent.Of(turn.Text) });
                break;
            case TurnEnded { Result: var result }:
                log.Record(about with
                {
                    Outcome = result.Status switch { TurnStatus.Ok => "succeeded", TurnStatus.Aborted => "cancelled", _ => "failed" },
                    Model = result.Answer?.Model,
                    Output = result.Answer is { } answer ? AuditContent.Of(answer.Text) : null,
                    Detail = result.Answer is { } said ? $"{said.InputTokens} tokens in, {said.OutputTokens} out" : null,
                });
                break;
        }
    }
}
