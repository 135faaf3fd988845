using Models;
using Runtime.Schedule.Jobs;
using Runtime.Schedule.Timing;

namespace Runtime.Schedule;

/// <summary>
/// Runs jobs when they are due. A slot is claimed on the disk before it runs and completed after; the id of its run is the id of its turn,
/// which is taken once however often it is asked for. So a slot runs exactly once, wherever the box is cut off: a claimed run that has not
/// ended goes on at the next start. One run of a job at a time, a few in all, one timer. Safe for several threads.
/// </summary>
/// <param name="book">The jobs.</param>
/// <param name="run">Does a run. It may be asked for one run again after a restart, and does then only what is left of it.</param>
/// <param name="time">The clock.</param>
public sealed class CronService(JobBook book, Func<Job, JobRun, CancellationToken, Task<JobOutcome>> run, TimeProvider time) : IDisposable
{
    /// <summary>Runs that may be under way at once.</summary>
    public const int MostRunning = 4;

    // How soon a jump of the wall clock is seen.
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);
    private static readonly long[] Backoff = [30_000, 300_000];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, SlotTimes> _times = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private ITimer? _timer;

    /// <summary>Hears what happens to jobs.</summary>
    public event Action<JobEvent>? Happened;

    /// <summary>Hears of faults that are nobody's request.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>True while what is due waits, to be begun as soon as this is false again; what somebody asks for runs all the same.</summary>
    public Func<bool> Rests { get; init; } = () => false;

    /// <summary>The jobs.</summary>
    public JobBook Book => book;

    /// <summary>When the next run is due, Unix milliseconds; null where none is.</summary>
    public long? NextWakeMs
    {
        get { lock (_lock) return book.List().Where(job => job.Enabled).Min(Next); }
    }

    /// <summary>Takes up the runs that were cut off, and waits for what is due.</summary>
    public void Start()
    {
        lock (_lock)
        {
            foreach (var open in book.Open())
            {
                if (book.Find(open.JobId) is { } job) Begin(job, open);
                else if (open.JobId.Length > 0) Faulted?.Invoke(new ModelException($"The run {open.Id} has no job."));
            }
        }
        Check();
    }

    /// <summary>When a job is due next, Unix milliseconds; null for never.</summary>
    public long? Next(Job job)
    {
        if (!job.Enabled) return null;
        var slot = Times(job) is { } times ? JobSlots.Next(job, times, Now) : null;
        return job.State.RetryAtMs is { } retry && !(slot < retry) ? retry : slot;
    }

    /// <summary>Adds a job.</summary>
    /// <exception cref="ModelException">Its schedule is none, or it cannot be kept.</exception>
    public Job Add(Job job)
    {
        var now = Now;
        var schedule = job.Schedule is { Kind: "every", AnchorMs: null } ? job.Schedule with { AnchorMs = now } : job.Schedule;
        var added = job with { Id = Guid.NewGuid().ToString(), Schedule = schedule, CreatedAtMs = now, UpdatedAtMs = now, State = new JobState { CursorMs = now } };
        Require(added, now);
        lock (_lock) book.Put(added);
        Tell("added", added);
        Check();
        return added;
    }

    /// <summary>Changes a job. What of it has run stays so.</summary>
    /// <returns>It; null where there is none.</returns>
    /// <exception cref="ModelException">Its schedule is none any more, or it cannot be kept.</exception>
    public Job? Update(string id, Func<Job, Job> change)
    {
        Job next;
        lock (_lock)
        {
            if (book.Find(id) is not { } old) return null;
            var now = Now;
            next = change(old);
            if (next.Schedule is { Kind: "every", AnchorMs: null }) next = next with { Schedule = next.Schedule with { AnchorMs = now } };
            next = next with { UpdatedAtMs = now };
            if (next.Schedule != old.Schedule || next.Enabled && !old.Enabled)
            {
                // What lies before it was changed is none of its slots.
                Require(next, now);
                next = next with { State = next.State with { CursorMs = now, RetryAtMs = null } };
            }
            book.Put(next);
            _times.Remove(id);
        }
        Tell("updated", next);
        Check();
        return next;
    }

    /// <summary>Removes a job with its history. A run that is under way goes on to its end. False where there is none.</summary>
    /// <exception cref="ModelException">It cannot be written.</exception>
    public bool Remove(string id)
    {
        Job? old;
        lock (_lock)
        {
            old = book.Find(id);
            if (old is null || !book.Remove(id)) return false;
            _times.Remove(id);
        }
        Tell("removed", old);
        return true;
    }

    /// <summary>Runs a job now, whatever its schedule says.</summary>
    /// <returns>The run; null where the job runs already.</returns>
    /// <exception cref="ModelException">It cannot be written.</exception>
    public JobRun? RunNow(Job job)
    {
        lock (_lock)
        {
            if (_running.ContainsKey(job.Id)) return null;
            var claimed = new JobRun($"cron:{job.Id}:manual:{Guid.NewGuid():N}", job.Id, null, 1, Now);
            return Claim(job, claimed, job.State with { RetryAtMs = null });
        }
    }

    /// <summary>Begins what is due and sets the timer for what comes next.</summary>
    public void Check()
    {
        lock (_lock)
        {
            if (_stop.IsCancellationRequested) return;
            try
            {
                foreach (var job in book.List())
                {
                    if (_running.Count >= MostRunning || Rests()) break;
                    if (job.Enabled && !_running.ContainsKey(job.Id)) BeginDue(job);
                }
            }
            catch (ModelException e)
            {
                Faulted?.Invoke(e);
            }
            Wait();
        }
    }

    /// <summary>Begins nothing more. What runs is left as it is on the disk, to go on at the next start.</summary>
    public void Dispose()
    {
        Task[] running;
        lock (_lock)
        {
            _stop.Cancel();
            _timer?.Dispose();
            running = [.. _running.Values];
        }
        Task.WaitAll(running, TimeSpan.FromSeconds(5));
        book.Dispose();
    }

    /// <summary>Waits until nothing runs.</summary>
    internal async Task IdleAsync()
    {
        while (true)
        {
            Task[] running;
            lock (_lock) running = [.. _running.Values];
            if (running.Length == 0) return;
            await Task.WhenAll(running);
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private void BeginDue(Job job)
    {
        var now = Now;
        if (Times(job) is not { } times) return;
        var (slot, isLeftOut, cursor) = JobSlots.Decide(job, times, now);
        if (slot is null && job.State.RetryAtMs is { } retry)
        {
            // A clock that went back does not put a second try off for years.
            if (retry - now > Backoff[^1]) book.Put(job with { State = job.State with { RetryAtMs = now + Backoff[^1] } });
            else if (retry <= now) Claim(job, NewRun(job, job.State.RetrySlotMs, job.State.Attempt + 1, now), job.State with { RetryAtMs = null });
        }
        else if (slot is null)
        {
            if (cursor < job.State.CursorMs) book.Put(job with { State = job.State with { CursorMs = cursor } });
        }
        else if (isLeftOut)
        {
            const string Why = "Nobody was there when it was due, and missed runs are skipped.";
            var state = job.State with { CursorMs = cursor, LastStatus = "skipped", LastError = Why };
            var skipped = NewRun(job, null, 1, now) with { EndedAtMs = now, Status = "skipped", Error = Why };
            Ended(job with { State = state, Enabled = job.Schedule.Kind != "at" }, skipped);
        }
        else
        {
            Claim(job, NewRun(job, slot, 1, now), JobSlots.Take(job.State, slot.Value, cursor, times) with { RetryAtMs = null });
        }
    }

    private static JobRun NewRun(Job job, long? slot, int attempt, long now) =>
        new(slot is null ? $"cron:{job.Id}:{Guid.NewGuid():N}" : $"cron:{job.Id}:{slot}:{attempt}", job.Id, slot, attempt, now);

    private JobRun Claim(Job job, JobRun claimed, JobState state)
    {
        var next = job with { State = state with { RunningId = claimed.Id, RunningAtMs = claimed.StartedAtMs, LastRunAtMs = claimed.StartedAtMs, Attempt = claimed.Attempt } };
        book.Put(next, claimed);
        Begin(next, claimed);
        Tell("started", next, claimed);
        return claimed;
    }

    private void Begin(Job job, JobRun claimed)
    {
        var gate = new TaskCompletionSource();
        _running[job.Id] = Task.Run(async () =>
        {
            await gate.Task;
            await RunAsync(job, claimed);
        });
        gate.SetResult();
    }

    private async Task RunAsync(Job job, JobRun claimed)
    {
        JobOutcome outcome;
        try
        {
            outcome = await run(job, claimed, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (ModelException e)
        {
            outcome = new JobOutcome(false) { Error = e.Message, CanRetry = true };
        }
        catch (Exception e)
        {
            Faulted?.Invoke(e);
            outcome = new JobOutcome(false) { Error = "Internal error. The gateway's output has the details." };
        }
        lock (_lock)
        {
            if (_stop.IsCancellationRequested) return;
            _running.Remove(job.Id);
            try { Complete(claimed, outcome); }
            catch (ModelException e) { Faulted?.Invoke(e); }
            Check();
        }
    }

    private void Complete(JobRun claimed, JobOutcome outcome)
    {
        // It may have been removed meanwhile.
        if (book.Find(claimed.JobId) is not { } job) return;
        var now = Now;
        var isLastTry = outcome.IsOk || !outcome.CanRetry || claimed.Attempt > Backoff.Length || !job.Enabled;
        var state = job.State with
        {
            RunningId = null,
            RunningAtMs = null,
            LastStatus = outcome.IsOk ? "ok" : "error",
            LastError = outcome.Error,
            LastDurationMs = Math.Max(0, now - claimed.StartedAtMs),
            ConsecutiveErrors = outcome.IsOk ? 0 : job.State.ConsecutiveErrors + 1,
            RetryAtMs = isLastTry ? null : now + Backoff[claimed.Attempt - 1],
            RetrySlotMs = claimed.SlotMs,
            LastDelivery = outcome.Delivery,
            LastDeliveryError = outcome.DeliveryError,
        };
        var ended = claimed with { EndedAtMs = now, Status = state.LastStatus, Error = outcome.Error, Summary = outcome.Summary, SessionKey = outcome.SessionKey, Delivery = outcome.Delivery, DeliveryError = outcome.DeliveryError };
        var isOver = job.Schedule.Kind == "at" && isLastTry && claimed.SlotMs is not null;
        Ended(job with { State = state, Enabled = job.Enabled && !isOver }, ended);
        if (job.DeleteAfterRun == true && outcome.IsOk && job.Schedule.Kind == "at" && book.Remove(job.Id)) Tell("removed", job);
    }

    private void Ended(Job job, JobRun ended)
    {
        book.Put(job, ended);
        Tell("finished", job, ended);
    }

    private void Wait()
    {
        if (!book.List().Any(job => job.Enabled))
        {
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }
        var wait = NextWakeMs is { } next && next - Now < (long)Look.TotalMilliseconds ? TimeSpan.FromMilliseconds(Math.Max(1, next - Now)) : Look;
        _timer ??= time.CreateTimer(_ => Check(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(_running.Count >= MostRunning || Rests() ? Look : wait, Timeout.InfiniteTimeSpan);
    }

    // A schedule that was one when it was kept and is none now, since its zone is gone: its job rests, and the others go on.
    private SlotTimes? Times(Job job)
    {
        if (_times.TryGetValue(job.Id, out var known)) return known;
        try { return _times[job.Id] = job.Schedule.Times(); }
        catch (ScheduleException) { return null; }
    }

    private static void Require(Job job, long now)
    {
        if (job.Schedule.Times().Next(now) is null && job.Enabled) throw new ScheduleException($"{job.Schedule.At ?? job.Schedule.Expr} lies in the past; nothing would ever run.");
        if (string.IsNullOrWhiteSpace(job.Name) || job.Name.Length > 200) throw new ScheduleException("A job has a name of 200 characters at most.");
        if (string.IsNullOrWhiteSpace(job.Text) || job.Text.Length > 32_768) throw new ScheduleException("A job says something of 32,768 characters at most.");
    }

    private void Tell(string action, Job job, JobRun? about = null)
    {
        try { Happened?.Invoke(new JobEvent(action, job, about)); }
        catch (Exception e) { Faulted?.Invoke(e); }
    }
}
