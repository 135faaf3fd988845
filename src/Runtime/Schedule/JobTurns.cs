using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Schedule.Jobs;
using Runtime.Sessions;
using Runtime.Tools;

namespace Runtime.Schedule;

/// <summary>
/// Does the runs of jobs as turns of their agent: the channel <c>cron</c> and whoever made the job bound what they may call, and nobody
/// waits for them. Safe for several threads.
/// </summary>
/// <param name="agents">Whose turns.</param>
/// <param name="turns">Where they run.</param>
/// <param name="notes">Where texts wait for a heartbeat.</param>
/// <param name="time">The clock.</param>
public sealed class JobTurns(AgentBook agents, TurnRunner turns, JobNotes notes, TimeProvider time)
{
    /// <summary>The channel of these turns in the policy.</summary>
    public const string Channel = "cron";

    private const int LongestSummary = 2000;

    /// <summary>Does a run, or what is left of it.</summary>
    /// <exception cref="Models.ModelException">It cannot begin.</exception>
    public async Task<JobOutcome> RunAsync(Job job, JobRun run, CancellationToken cancellation)
    {
        var agent = (job.AgentId is null ? agents.Default : agents.Find(job.AgentId)) ?? throw new ScheduleException($"There is no agent {job.AgentId} any more.");
        if (job is { WaitsForHeartbeat: true, Kind: Job.SystemEvent })
        {
            notes.Leave(agent.Id, job.Text, time.GetUtcNow().ToUnixTimeMilliseconds());
            return new JobOutcome(true) { Summary = "Waits for the next heartbeat." };
        }
        var session = SessionOf(agent, job, run);
        var text = job.Kind == Job.SystemEvent ? $"System event: {job.Text}" : $"[cron:{job.ShortId} {job.Name}] {job.Text}";
        var turn = turns.Start(session, run.Id, text, null, new TurnOrigin { Channel = Channel, Person = job.Person, IsTainted = job.IsTainted, IsBackground = true });
        return turn is null ? Earlier(session, run) : await EndAsync(job, turn, cancellation);
    }

    /// <summary>Where a job speaks.</summary>
    public static string SessionKeyOf(string agent, Job job) => job.Target switch
    {
        Job.MainTarget => SessionKey.MainOf(agent),
        var named when named.StartsWith("session:", StringComparison.Ordinal) => named["session:".Length..] is var key && key.StartsWith("agent:", StringComparison.Ordinal) ? key : $"agent:{agent}:{named["session:".Length..]}",
        "current" when job.SessionKey is { } made => made,
        _ => $"agent:{agent}:{Channel}:{job.Id}",
    };

    private static Session SessionOf(Agent agent, Job job, JobRun run)
    {
        var key = SessionKeyOf(agent.Id, job);
        if (!SessionKey.IsValid(key) || SessionKey.Agent(key) != agent.Id) throw new ScheduleException($"{key} is no session of the agent {agent.Id}.");
        var isOwn = key == $"agent:{agent.Id}:{Channel}:{job.Id}";
        // Every run of an isolated job begins with nothing; what the last one said goes, its beginning stays in the history.
        if (isOwn && agent.Sessions.Find(key) is { MessageCount: > 0 } last && !last.Has(TurnRunner.InputKey(run.Id)) && agent.Sessions.Delete(key) is { } aside) File.Delete(aside);
        return agent.Sessions.GetOrCreate(key);
    }

    private async Task<JobOutcome> EndAsync(Job job, Turn turn, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(job.TimeoutSeconds is > 0 and < 86_400 and var seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan, time);
        await using var stop = limit.Token.Register(turn.Abort);
        var result = await turn.Result.WaitAsync(cancellation);
        var outcome = new JobOutcome(result.Status == TurnStatus.Ok) { SessionKey = turn.Session.Key, Summary = Summary(result.Answer) };
        return result.Status switch
        {
            TurnStatus.Ok => outcome,
            TurnStatus.Aborted => outcome with { Error = limit.IsCancellationRequested ? $"It took longer than {job.TimeoutSeconds} seconds and was stopped." : "Somebody stopped it." },
            _ => outcome with { Error = result.Error ?? "It failed.", CanRetry = !result.IsContextExceeded },
        };
    }

    // It was over before this process began.
    private static JobOutcome Earlier(Session session, JobRun run)
    {
        var answer = session.Read().LastOrDefault(message => message.RunId == run.Id && message.Role == SessionMessage.Assistant && message.ToolCalls.Count == 0);
        return answer is null
            ? new JobOutcome(false) { Error = "A restart cut it off.", SessionKey = session.Key }
            : new JobOutcome(true) { Summary = Summary(answer), SessionKey = session.Key };
    }

    private static string? Summary(SessionMessage? answer) => answer is null ? null : Bounded.Cut(answer.Text, LongestSummary);
}
