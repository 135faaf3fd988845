using System.Collections.Concurrent;
using System.Diagnostics;

namespace Appliance.Http.Metrics;

/// <summary>Counts requests by where they went and how they ended: a bounded number of series. Safe for several threads.</summary>
internal sealed class RequestCounters
{
    private readonly ConcurrentDictionary<(string Path, int Status), Tally> _tallies = new();
    private int _inFlight;

    /// <summary>Requests that are being answered, this one's own included.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>What was counted, in order.</summary>
    public IReadOnlyList<(string Path, int Status, long Count, TimeSpan Time)> All =>
        [.. _tallies.Select(t => (t.Key.Path, t.Key.Status, t.Value.Count, t.Value.Time)).OrderBy(t => t.Path, StringComparer.Ordinal).ThenBy(t => t.Status)];

    /// <summary>A request begins.</summary>
    public void Begin() => Interlocked.Increment(ref _inFlight);

    /// <summary>It has ended.</summary>
    /// <param name="path">A path of the table of routes, never what a client made up.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="began">Timestamp of its begin.</param>
    public void End(string path, int status, long began)
    {
        Interlocked.Decrement(ref _inFlight);
        _tallies.GetOrAdd((path, status), static _ => new Tally()).Add(Stopwatch.GetElapsedTime(began));
    }

    private sealed class Tally
    {
        private long _count, _ticks;

        public long Count => Interlocked.Read(ref _count);

        public TimeSpan Time => new(Interlocked.Read(ref _ticks));

        public void Add(TimeSpan time)
        {
            Interlocked.Increment(ref _count);
            Interlocked.Add(ref _ticks, time.Ticks);
        }
    }
}
