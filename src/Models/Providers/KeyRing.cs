namespace Models.Providers;

/// <summary>
/// The keys for one target, each fetched from where it is kept when it is first needed. One that is not taken is fetched anew, for it may
/// have been exchanged; one that is used up rests while others are used. Safe for several threads.
/// </summary>
/// <param name="sources">Where the keys are; none where the target asks for no key.</param>
/// <param name="time">The clock.</param>
public sealed class KeyRing(IReadOnlyList<Func<string>> sources, TimeProvider time)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly string?[] _keys = new string?[sources.Count];
    private readonly long?[] _resting = new long?[sources.Count];
    private readonly TimeSpan[] _rests = new TimeSpan[sources.Count];
    private int _next;

    /// <summary>Keys there are.</summary>
    public int Count => sources.Count;

    /// <summary>The key for the next call and its place; null where there are none. They take turns, those that rest left out while another does not.</summary>
    /// <exception cref="ModelException">A key cannot be fetched.</exception>
    public (string Key, int Place)? Next()
    {
        if (sources.Count == 0) return null;
        lock (_lock)
        {
            var place = _next % sources.Count;
            for (var i = 0; i < sources.Count && IsResting(place); i++) place = (place + 1) % sources.Count;
            _next = place + 1;
            return (_keys[place] ??= sources[place](), place);
        }
    }

    /// <summary>A call with a key failed. True where another one, or the same fetched anew, may do better at once.</summary>
    public bool Failed(int place, UpstreamFault fault, TimeSpan? retryAfter)
    {
        if (fault is not (UpstreamFault.Denied or UpstreamFault.Billing or UpstreamFault.RateLimited)) return false;
        lock (_lock)
        {
            var old = _keys[place];
            if (fault == UpstreamFault.Denied) _keys[place] = null;
            (_resting[place], _rests[place]) = (time.GetTimestamp(), retryAfter ?? (fault == UpstreamFault.RateLimited ? Rest : 60 * Rest));
            if (fault == UpstreamFault.Denied && (_keys[place] = sources[place]()) != old)
            {
                _resting[place] = null;
                return true;
            }
            for (var i = 0; i < sources.Count; i++)
                if (!IsResting(i)) return true;
            return false;
        }
    }

    private bool IsResting(int place) => _resting[place] is { } since && time.GetElapsedTime(since) < _rests[place];
}
