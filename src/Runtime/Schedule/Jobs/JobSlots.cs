using Runtime.Schedule.Timing;

namespace Runtime.Schedule.Jobs;

/// <summary>
/// Which slot of a job is due. A slot is a moment of the wall clock. Each runs once: what has run is remembered as stretches of slots, so
/// a clock that jumps far ahead and comes back neither repeats what has run nor loses what has not. Pure.
/// </summary>
internal static class JobSlots
{
    /// <summary>Slots of the past that <see cref="MissedRuns.All"/> makes up for.</summary>
    public const int MostMissed = 10;

    /// <summary>Who comes this late was not missed, milliseconds.</summary>
    public const long Grace = 60_000;

    private const int MostSpans = 16;

    /// <summary>What is due now.</summary>
    public static SlotDecision Decide(Job job, SlotTimes times, long now)
    {
        var cursor = Cursor(job.State, now);
        var due = times.Last(cursor, now, job.Missed == MissedRuns.All ? MostMissed : 1).Where(slot => !HasRun(job.State, slot)).ToList();
        if (due.Count == 0) return new(null, false, cursor);
        var slot = due[0];
        if (job.Missed == MissedRuns.Skip && now - slot > Grace) return new(slot, true, now);
        return new(slot, false, job.Missed == MissedRuns.All ? slot : now);
    }

    /// <summary>The next slot that will run; null where there is none.</summary>
    public static long? Next(Job job, SlotTimes times, long now)
    {
        var slot = times.Next(Cursor(job.State, now));
        while (slot is { } one && Span(job.State, one) is { } span) slot = times.Next(span.To);
        return slot;
    }

    /// <summary>The state once a slot has been taken.</summary>
    public static JobState Take(JobState state, long slot, long cursor, SlotTimes times)
    {
        var before = state.Ran.FirstOrDefault(span => span.To < slot && times.Next(span.To) == slot);
        var spans = state.Ran.Where(span => span != before).Append(new SlotSpan(before?.From ?? slot, slot));
        return state with { CursorMs = cursor, Ran = [.. spans.TakeLast(MostSpans)] };
    }

    // Where the clock has gone back, what has not run since the last run before that is open again.
    private static long Cursor(JobState state, long now) => state.CursorMs <= now ? state.CursorMs : state.Ran.Select(span => span.To).Where(to => to <= now).DefaultIfEmpty(now).Max();

    private static bool HasRun(JobState state, long slot) => Span(state, slot) is not null;

    private static SlotSpan? Span(JobState state, long slot) => state.Ran.FirstOrDefault(span => span.From <= slot && slot <= span.To);
}

/// <summary>What is to be done now.</summary>
/// <param name="SlotMs">The slot that is due; null for none.</param>
/// <param name="IsLeftOut">True where it is too late for it.</param>
/// <param name="CursorMs">Where slots are dealt with up to, once that is done.</param>
internal readonly record struct SlotDecision(long? SlotMs, bool IsLeftOut, long CursorMs);
