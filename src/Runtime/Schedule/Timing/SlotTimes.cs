namespace Runtime.Schedule.Timing;

/// <summary>The times at which something is due: its slots, in Unix milliseconds. Immutable.</summary>
public abstract class SlotTimes
{
    // Ever longer ways back: whoever is due often is found in the first, and nobody has many slots in the first that has any.
    private static readonly long[] Windows = [.. new[] { 1 / 1440.0, 1 / 24.0, 1, 31, 366, 3660 }.Select(days => (long)TimeSpan.FromDays(days).TotalMilliseconds), long.MaxValue];

    /// <summary>The first slot after a time; null where there is none any more.</summary>
    public abstract long? Next(long after);

    /// <summary>The last slots of a stretch of time, oldest first.</summary>
    /// <param name="after">Its beginning, which does not belong to it.</param>
    /// <param name="until">Its end, which does.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<long> Last(long after, long until, int most)
    {
        foreach (var window in Windows)
        {
            var from = until - after <= window ? after : until - window;
            var slots = new List<long>();
            for (var slot = Next(from); slot <= until; slot = Next(slot.Value)) slots.Add(slot.Value);
            if (slots.Count >= most || from == after) return [.. slots.TakeLast(most)];
        }
        return [];
    }

    /// <summary>Once.</summary>
    public static SlotTimes At(long at) => new Once(at);

    /// <summary>Again and again, counted from a time on; that is the first.</summary>
    /// <param name="every">Milliseconds, at least 1.</param>
    /// <param name="anchor">The time it is counted from.</param>
    public static SlotTimes Every(long every, long anchor) => new Interval(every, anchor);

    /// <summary>As a cron expression has it.</summary>
    public static SlotTimes Cron(CronExpression expression, TimeZoneInfo zone) => new Expression(expression, zone);

    private sealed class Once(long at) : SlotTimes
    {
        public override long? Next(long after) => at > after ? at : null;
    }

    private sealed class Interval(long every, long anchor) : SlotTimes
    {
        public override long? Next(long after) => after < anchor ? anchor : anchor + ((after - anchor) / every + 1) * every;
    }

    private sealed class Expression(CronExpression expression, TimeZoneInfo zone) : SlotTimes
    {
        public override long? Next(long after) =>
            expression.Next(DateTimeOffset.FromUnixTimeMilliseconds(after), zone)?.ToUnixTimeMilliseconds();
    }
}
