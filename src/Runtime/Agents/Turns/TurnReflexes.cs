using Models;
using Runtime.Approvals;
using Runtime.Hardware.Triggers;
using Runtime.Reflexes;
using Runtime.Sessions;

namespace Runtime.Agents.Turns;

/// <summary>
/// Reflexes in turns: only what a person says calls one, or wrote for a trigger to say, never what a tool, a job or another turn said; and what
/// it may do is what the person may. Safe for several threads.
/// </summary>
/// <param name="book">The reflexes.</param>
/// <param name="services">What turns work with.</param>
internal sealed class TurnReflexes(ReflexBook book, TurnServices services)
{
    // As the schedule begins what it says: "[cron:ID NAME] TEXT".
    private const string Scheduled = "[cron:";

    /// <summary>The reflex that a turn is, or null. One that goes on after a restart is a model's: nobody knows what was done.</summary>
    public ReflexHit? Find(Turn turn, Agent agent)
    {
        if (!agent.Settings.HasReflexes || turn.IsResumed) return null;
        if (turn.Origin.IsPerson || IsTrigger(turn)) return book.Find(Ask(turn, agent));
        var isDue = turn.Origin is { Channel: Schedule.JobTurns.Channel, IsTainted: false, Depth: 0 } && turn.Text.StartsWith(Scheduled, StringComparison.Ordinal);
        return isDue && turn.Text.IndexOf("] ", StringComparison.Ordinal) is var head and > 0 ? book.Find(Ask(turn, agent) with { Text = turn.Text[(head + 2)..], IsDue = true }) : null;
    }

    /// <summary>The reflex that a message is, where it is about what its conversation is busy with; null for another.</summary>
    public ReflexHit? FindUrgent(Turn turn, IReadOnlyList<Turn> active)
    {
        if (!turn.Origin.IsPerson) return null;
        var (busy, asked) = (Busy(turn, active).Count > 0, Pending(turn, active) is not null);
        if (!busy && !asked) return null;
        var agent = services.AgentOf(turn.Session);
        if (!agent.Settings.HasReflexes) return null;
        return book.FindUrgent(Ask(turn, agent)) is { } hit && (hit.Reflex.Is(Reflex.Stop) ? busy : asked) ? hit : null;
    }

    /// <summary>Does what cannot wait.</summary>
    /// <returns>What is answered.</returns>
    /// <exception cref="ModelException">It is over already.</exception>
    public string Do(Turn turn, ReflexHit hit, IReadOnlyList<Turn> active)
    {
        if (hit.Reflex.Is(Reflex.Stop))
        {
            foreach (var other in Busy(turn, active)) other.Abort();
            return hit.Answer("");
        }
        var approval = Pending(turn, active) ?? throw new ModelException("What was asked is answered already, or nobody waits for it any more.");
        services.Approvals!.Resolve(approval.Id, hit.Reflex.Is(Reflex.Yes) ? ApprovalDecision.AllowOnce : ApprovalDecision.Deny, turn.Origin.Person ?? "owner");
        var what = approval.Request.Tool is { } tool ? $"{tool} {approval.Request.Text}" : approval.Request.Text;
        return $"{hit.Answer("")} {what}";
    }

    /// <summary>What is answered after the tool, where there was one; null where a model is to answer after all.</summary>
    public string? Answer(Turn turn, Agent agent, ReflexHit hit, string result)
    {
        if (hit.Reflex.Is(Reflex.Repeat))
            return turn.Session.Read().LastOrDefault(m => m is { Role: SessionMessage.Assistant, ToolCalls.Count: 0, OutOfContext: false, Text.Length: > 0 }) is { } last ? hit.Answer(last.Text) : null;
        try
        {
            if (hit.Reflex.Is(Reflex.Teach)) book.Teach(agent, hit.Said("text"), hit.Said("text2"));
            if (hit.Reflex.Is(Reflex.Forget)) book.Remove(agent, book.Taught(agent, hit.Said("text"))!.Name);
        }
        catch (ModelException e)
        {
            return e.Message;
        }
        return hit.Answer(result);
    }

    // What a trigger of the hardware says, its owner wrote into the configuration: these are a person's words, said beforehand.
    private static bool IsTrigger(Turn turn) => turn.Origin is { Channel: TriggerTurns.Channel, IsTainted: false, Depth: 0 };

    private ReflexAsk Ask(Turn turn, Agent agent)
    {
        var tools = new Lazy<HashSet<string>>(() => [.. services.Tools.For(agent.Id, turn.Origin.Channel, turn.Origin.Person).Select(tool => tool.Name)]);
        return new ReflexAsk(agent, turn.Text) { Person = turn.Origin.Person, HasTool = name => tools.Value.Contains(name) };
    }

    // The owner stops everything in a conversation; others stop what they began.
    private static List<Turn> Busy(Turn turn, IReadOnlyList<Turn> active) =>
        [.. active.Where(other => other != turn && other.Session == turn.Session && (turn.Origin.Person is null || other.Origin.Person == turn.Origin.Person))];

    // Of several nobody knows which one is meant.
    private Approval? Pending(Turn turn, IReadOnlyList<Turn> active)
    {
        if (!turn.Origin.MayApprove || services.Approvals is not { } approvals) return null;
        var runs = Busy(turn, active).Select(other => other.RunId).ToHashSet(StringComparer.Ordinal);
        return approvals.Pending.Where(approval => approval.Request.Run is { } run && runs.Contains(run)).ToList() is [var only] ? only : null;
    }
}
