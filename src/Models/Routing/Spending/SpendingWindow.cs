namespace Models.Routing.Spending;

/// <summary>What was spent in the last while, to the bucket: what began to leave the window still counts until all of its bucket has left. Not safe for several threads.</summary>
/// <param name="length">How long the window is.</param>
/// <param name="parts">Buckets it has.</param>
internal sealed class SpendingWindow(TimeSpan length, int parts)
{
    // One more than the window is long: the oldest may have left in part.
    private readonly long[] _buckets = new long[parts + 1];
    private readonly long _ticks = length.Ticks / parts;
    private long _newest;

    /// <summary>What it holds at a time.</summary>
    public long At(DateTimeOffset now)
    {
        Advance(now);
        var sum = 0L;
        foreach (var bucket in _buckets) sum = Plus(sum, bucket);
        return sum;
    }

    /// <summary>Adds what was spent.</summary>
    public void Add(DateTimeOffset at, long amount)
    {
        Advance(at);
        var bucket = at.UtcTicks / _ticks;
        if (_newest - bucket < _buckets.Length) _buckets[bucket % _buckets.Length] = Plus(_buckets[bucket % _buckets.Length], amount);
    }

    /// <summary>Adds without leaving the range of numbers.</summary>
    public static long Plus(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;

    private void Advance(DateTimeOffset now)
    {
        var bucket = now.UtcTicks / _ticks;
        if (bucket - _newest >= _buckets.Length) Array.Clear(_buckets);
        else for (var i = _newest + 1; i <= bucket; i++) _buckets[i % _buckets.Length] = 0;
        _newest = Math.Max(_newest, bucket);
    }
}
