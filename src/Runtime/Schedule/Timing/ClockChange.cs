namespace Runtime.Schedule.Timing;

/// <summary>Finds where a zone's clocks are put forward or back.</summary>
internal static class ClockChange
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1), Second = TimeSpan.FromSeconds(1);

    /// <summary>The first moment with another offset in a stretch of time, to the second; null where there is none. No zone changes twice within a day.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="from">Beginning of the stretch, UTC, where the offset is still the old one.</param>
    /// <param name="offset">The old one.</param>
    /// <param name="until">End of the stretch, UTC; it belongs to it.</param>
    public static DateTime? First(TimeZoneInfo zone, DateTime from, TimeSpan offset, DateTime until)
    {
        while (from < until)
        {
            var next = until - from > Day ? from + Day : until;
            if (zone.GetUtcOffset(next) != offset) return Between(zone, from, offset, next);
            from = next;
        }
        return null;
    }

    private static DateTime Between(TimeZoneInfo zone, DateTime old, TimeSpan offset, DateTime changed)
    {
        while (changed - old > Second)
        {
            var middle = old.AddSeconds(Math.Floor((changed - old).TotalSeconds / 2));
            if (zone.GetUtcOffset(middle) == offset) old = middle;
            else changed = middle;
        }
        return changed;
    }
}
