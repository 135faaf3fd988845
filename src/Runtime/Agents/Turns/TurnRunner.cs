using System.Collections.Concurrent;
using Models;
using Runtime.Agents.Routing;
using Runtime.Context;
using Runtime.Reflexes;
using Runtime.Reflexes.Taught;
using Runtime.Sessions;

namespace Runtime.Agents.Turns;

/// <summary>
/// Runs turns: one at a time in a session, a bounded number at once in all, in the order they came. A turn is accepted when its message is
/// on the disk, and over when its answer is. Safe for several threads.
/// </summary>
/// <param name="services">What turns work with.</param>
public sealed class TurnRunner(TurnServices services) : IDisposable
{
    /// <summary>Turns that may wait or run at once.</summary>
    public const int MostAccepted = 256;

    /// <summary>Turns that may run at once; a model decides itself how many of them it computes together.</summary>
    public const int MostRunning = 8;

    /// <summary>How long a finished turn is remembered for those who ask again.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    /// <summary>How long a turn that was stopped for its length may take to end.</summary>
    public static readonly TimeSpan PatienceWithStopped = TimeSpan.FromMinutes(1);

    private const int MostRemembered = 1000;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Turn> _turns = new(StringComparer.Ordinal);
    private readonly Queue<(Turn Turn, long EndedAt)> _finished = new();
    private readonly ConcurrentDictionary<Task, bool> _works = new();
    private readonly SemaphoreSlim _running = new(MostRunning, MostRunning);
    private readonly CancellationTokenSource _closing = new();
    private readonly TurnReflexes? _reflexes = services.Reflexes is { } book ? new TurnReflexes(book, services) : null;

    /// <summary>Hears what happens in every turn.</summary>
    public event Action<TurnEvent>? Happened;

    /// <summary>Hears of faults that are no one's request.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>Turns that are not over, oldest first.</summary>
    public IReadOnlyList<Turn> Active
    {
        get { lock (_lock) return [.. _turns.Values.Where(t => !t.IsOver).OrderBy(t => t.AcceptedAt)]; }
    }

    /// <summary>A turn that was stopped <see cref="PatienceWithStopped"/> ago and goes on all the same: whatever it is in stands still. Null where there is none.</summary>
    public Turn? Stuck
    {
        get
        {
            var now = services.Time.GetTimestamp() - (long)(PatienceWithStopped.TotalSeconds * services.Time.TimestampFrequency);
            lock (_lock) return _turns.Values.FirstOrDefault(t => !t.IsOver && t.StoppedBy > 0 && t.StoppedBy < now);
        }
    }

    /// <summary>A turn that is not over, or was not long ago; null otherwise.</summary>
    public Turn? Find(string runId)
    {
        lock (_lock) return _turns.GetValueOrDefault(runId);
    }

    /// <summary>Accepts a message. The same <paramref name="runId"/> again gives the same turn and says nothing twice.</summary>
    /// <param name="session">Where it is said.</param>
    /// <param name="runId">The sender's idempotency key.</param>
    /// <param name="text">What is said.</param>
    /// <param name="onAccepted">Called once the message is on the disk and before anything is told of the turn; not for a repeat.</param>
    /// <param name="origin">How it came; null for the owner's own.</param>
    /// <returns>The turn, or null where its message is in the transcript from before this process and answered. One that a restart cut off goes on.</returns>
    /// <exception cref="ModelException">Too many turns wait, another session had that key not long ago, or the message cannot be written.</exception>
    public Turn? Start(Session session, string runId, string text, Action? onAccepted = null, TurnOrigin? origin = null)
    {
        // What goes on after a restart is what was said then, by whom it was said: neither a crash nor saying it again gives a turn other rights.
        var cutOff = Find(runId) is null ? CutOff(session, runId) : null;
        var turn = cutOff is null ? new Turn(session, runId, text, services.Now, origin ?? TurnOrigin.Owner) : new Turn(session, runId, cutOff.Text, services.Now, TurnOrigin.Of(cutOff.Origin));
        if (!Enter(turn, out var same)) return same!.Session.Key == session.Key ? same : throw new ModelException("Another session has had a message of that idempotency key. Send this one with a key of its own.");
        if (session.Has(InputKey(runId))) return Resume(turn, cutOff is not null);
        SessionMessage? message = null;
        var joined = false;
        ReflexHit? urgent;
        try
        {
            urgent = _reflexes?.FindUrgent(turn, Active);
            RequireAnswered(turn);
            if (turn.Origin.Mode == QueueMode.Interrupt)
                foreach (var other in Active.Where(t => t != turn && t.Session == session)) other.Abort();
            var host = urgent is null && turn.Origin.Mode is QueueMode.Steer or QueueMode.Collect ? FindHost(turn) : null;
            joined = host?.TryJoin(turn, () => message = Write(turn, host.RunId)) == true;
            if (!joined) message = Write(turn, runId, isUrgent: urgent is not null);
            if (message is null) return null;
        }
        finally
        {
            if (message is null) Leave(turn);
        }
        onAccepted?.Invoke();
        Tell(new TurnAccepted(turn, message));
        if (urgent is not null) Work(Task.Run(() => AnswerUrgent(turn, urgent)));
        else if (!joined) Queue(turn);
        return turn;
    }

    /// <summary>Lets the turns of an agent go on that a restart cut off, if that was within <see cref="Remembered"/>.</summary>
    public void ResumeInterrupted(Agent agent)
    {
        // Not what is from the future, either: on a box without a clock of its own everything is, until somebody tells it the time.
        foreach (var session in agent.Sessions.List().Where(s => Math.Abs(services.Now - s.UpdatedAt) < Remembered.TotalMilliseconds))
        {
            foreach (var runId in session.OpenRuns)
            {
                if (Find(runId) is not null || CutOff(session, runId) is not { } message) continue;
                // Whoever began it has been told that nobody knows what became of it, and does not wait any more.
                if (message.Origin is { Depth: > 0 }) session.EndRun(runId, "aborted");
                else Start(session, runId, message.Text);
            }
        }
    }

    /// <summary>Stops every turn and waits until what they said is on the disk.</summary>
    public void Dispose()
    {
        if (_closing.IsCancellationRequested) return;
        _closing.Cancel();
        foreach (var turn in Active) turn.Abort();
        Task.WhenAny(SettledAsync(), Task.Delay(TimeSpan.FromSeconds(5))).Wait();
        _running.Dispose();
        _closing.Dispose();
    }

    /// <summary>Waits for the turns there are, and for what is noted of each after its end.</summary>
    internal Task SettledAsync() => Task.WhenAll(_works.Keys);

    /// <summary>The idempotency key of a turn's message.</summary>
    public static string InputKey(string runId) => $"{runId}:user";

    private bool Enter(Turn turn, out Turn? same)
    {
        lock (_lock)
        {
            Forget(services.Now);
            if (_turns.TryGetValue(turn.RunId, out same)) return false;
            if (_turns.Count - _finished.Count >= MostAccepted) throw new ModelException("Too many messages wait for an answer. Try again when some are answered.");
            _turns[turn.RunId] = turn;
            return true;
        }
    }

    private void Leave(Turn turn)
    {
        lock (_lock) _turns.Remove(turn.RunId);
    }

    // The message of a turn that has no end; a fork's copy of one is not the turn's.
    private static SessionMessage? CutOff(Session session, string runId) =>
        session.OpenRuns.Contains(runId) ? session.Read().FirstOrDefault(m => m.IdempotencyKey == InputKey(runId) && !m.OutOfContext) : null;

    private Turn? Resume(Turn turn, bool isCutOff)
    {
        if (isCutOff && turn.Session.TryResume(turn.RunId))
        {
            CloseCalls(turn);
            turn.IsResumed = true;
            Queue(turn);
            return turn;
        }
        turn.Session.EndRun(turn.RunId, "error");
        Leave(turn);
        return null;
    }

    // The session says what became of the calls that were under way: nobody knows. What they asked people is gone with the process that asked.
    private void CloseCalls(Turn turn)
    {
        var lines = turn.Session.Read().Where(m => m.RunId == turn.RunId).ToList();
        var answered = lines.Where(m => m.Role == SessionMessage.Tool).Select(m => m.ToolCallId).ToHashSet(StringComparer.Ordinal);
        foreach (var call in lines.SelectMany(m => m.ToolCalls).Where(call => !answered.Contains(call.Id)))
        {
            turn.Session.Add(new SessionMessage(Guid.NewGuid().ToString(), 0, services.Now, SessionMessage.Tool, History.Interrupted)
            {
                RunId = turn.RunId,
                ToolCallId = call.Id,
                ToolName = call.Name,
                IsError = true,
            });
        }
    }

    // What is answered at once stands between the lines of another turn, and is no part of what its model is told.
    private static SessionMessage? Write(Turn turn, string runId, bool isUrgent = false) =>
        turn.Session.Add(new SessionMessage(Guid.NewGuid().ToString(), 0, turn.AcceptedAt, SessionMessage.User, turn.Text)
        {
            RunId = runId,
            IdempotencyKey = InputKey(turn.RunId),
            Origin = turn.Origin.Kept,
            OutOfContext = isUrgent,
        });

    // What a channel brings was routed, and let through, before it came here.
    private void RequireAnswered(Turn turn)
    {
        var arrival = new Arrival { IsScheduled = turn.Origin is not { IsBackground: false, SpawnedBy: null, Channel: null } };
        if (services.AgentOf(turn.Session) is { } agent && !AgentRouter.Answers(agent.Settings.Activation, arrival))
            throw new ModelException($"The agent {agent.Id} answers jobs, heartbeats, hooks and other agents alone: agents.{agent.Id}.activation is scheduled.");
    }

    // Who steers joins the turn that runs, or would run next; who collects joins what still waits.
    private Turn? FindHost(Turn turn)
    {
        var others = Active.Where(t => t != turn && t.TakesMore && t.Session == turn.Session && t.Origin.Channel == turn.Origin.Channel && t.Origin.Person == turn.Origin.Person);
        return turn.Origin.Mode == QueueMode.Steer
            ? others.OrderByDescending(t => t.StartedAt > 0).FirstOrDefault()
            : others.LastOrDefault(t => t.StartedAt == 0);
    }

    // A hearer's fault is not the turn's.
    private void Tell(TurnEvent happened)
    {
        try { Happened?.Invoke(happened); }
        catch (Exception e) { Faulted?.Invoke(e); }
    }

    // The place in the lane is taken here and now, so that turns run in the order in which they were accepted.
    private void Queue(Turn turn)
    {
        var lane = turn.Session.Lane.WaitAsync(turn.Stopped);
        Work(Task.Run(() => RunAsync(turn, lane)));
    }

    // Known until it is done, which is after its turn is over: what is noted of it comes last.
    private void Work(Task task)
    {
        _works[task] = true;
        _ = task.ContinueWith(done => _works.TryRemove(done, out _), TaskScheduler.Default);
    }

    // It answers while the conversation is busy, so it waits for nothing.
    private void AnswerUrgent(Turn turn, ReflexHit reflex)
    {
        turn.StartedAt = services.Now;
        turn.TryClose(force: true);
        Tell(new TurnStarted(turn));
        TurnResult result;
        try
        {
            turn.Answer = _reflexes!.Do(turn, reflex, Active);
            Tell(new TurnDelta(turn, turn.Answer));
            var line = new SessionMessage(Guid.NewGuid().ToString(), 0, services.Now, SessionMessage.Assistant, turn.Answer) { RunId = turn.RunId, Model = reflex.By, StopReason = "stop", OutOfContext = true };
            result = new TurnResult(TurnStatus.Ok, turn.Session.Add(line), services.Now);
        }
        catch (Exception e)
        {
            if (e is not ModelException) Faulted?.Invoke(e);
            result = End(turn, TurnStatus.Failed, "error") with { Error = e is ModelException ? e.Message : "Internal error. The gateway's output has the details." };
        }
        Finish(turn, result);
    }

    private async Task RunAsync(Turn turn, Task lane)
    {
        TurnResult result;
        TurnLoop? loop = null;
        try
        {
            await lane;
            try
            {
                // A turn that another one waits for runs in its place.
                var takesPlace = turn.Origin.Depth == 0;
                if (takesPlace) await _running.WaitAsync(turn.Stopped);
                try
                {
                    loop = new TurnLoop(turn, services.AgentOf(turn.Session), services, _reflexes, Tell);
                    result = await loop.RunAsync();
                }
                finally
                {
                    if (takesPlace) _running.Release();
                }
            }
            finally { turn.Session.Lane.Release(); }
        }
        catch (OperationCanceledException)
        {
            result = End(turn, TurnStatus.Aborted, "aborted");
        }
        catch (ModelException e)
        {
            result = End(turn, TurnStatus.Failed, "error") with { Error = e.Message };
        }
        catch (Exception e)
        {
            Faulted?.Invoke(e);
            result = End(turn, TurnStatus.Failed, "error") with { Error = "Internal error. The gateway's output has the details." };
        }
        Finish(turn, result);
        foreach (var joined in turn.Joined) Finish(joined, new TurnResult(result.Status, null, result.EndedAt) { Error = result.Error, AnsweredBy = turn.RunId });
        if (loop?.Habit is { } habit) Note(turn, habit);
        if (loop is { IsTooLong: true } && result.Status == TurnStatus.Ok) await CompactAsync(turn.Session);
    }

    // After the answer, when nobody waits.
    private void Note(Turn turn, ReflexHabit habit)
    {
        try { services.Reflexes!.Note(services.AgentOf(turn.Session), habit); }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            // Its agent is gone, or the disk is full: it was only to be counted.
        }
        catch (Exception e)
        {
            Faulted?.Invoke(e);
        }
    }

    // What no longer fits is put into a summary after the answer, when nobody waits; the transcript keeps every word.
    private async Task CompactAsync(Session session)
    {
        try
        {
            await new SessionCompactor(services.Models, services.DefaultModel).CompactAsync(session, SessionCompactor.Kept, _closing.Token);
        }
        catch (Exception e) when (e is ModelException or OperationCanceledException)
        {
            // The next turn that is too long tries again; until then the oldest part is left out.
        }
        catch (Exception e)
        {
            Faulted?.Invoke(e);
        }
    }

    private void Finish(Turn turn, TurnResult result)
    {
        lock (_lock)
        {
            turn.IsOver = true;
            _finished.Enqueue((turn, result.EndedAt));
        }
        // Those who wait for the result hear of it after everybody was told.
        Tell(new TurnEnded(turn, result));
        turn.End(result);
    }

    // A turn that was over before it began: its end is noted, so that a restart does not take it up.
    private TurnResult End(Turn turn, TurnStatus status, string reason)
    {
        turn.TryClose(force: true);
        try { turn.Session.EndRun(turn.RunId, reason); }
        catch (ModelException e) { Faulted?.Invoke(e); }
        return new TurnResult(status, null, services.Now);
    }

    private void Forget(long now)
    {
        while (_finished.TryPeek(out var oldest) && (_finished.Count > MostRemembered || now - oldest.EndedAt > Remembered.TotalMilliseconds))
        {
            _finished.Dequeue();
            _turns.Remove(oldest.Turn.RunId);
        }
    }
}
