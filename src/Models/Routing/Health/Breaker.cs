namespace Models.Routing.Health;

/// <summary>
/// Keeps calls from a target that fails: it opens after five failures in a row, or where more than half of at least five calls within
/// a minute failed. After 30 seconds one call is let through to see; two that succeed close it, one that fails opens it for twice as long, five
/// minutes at most. Results of calls that began before it changed count no more. Not safe for several threads.
/// </summary>
/// <param name="jitter">A number between 0 and 1, each time another.</param>
internal sealed class Breaker(Func<double> jitter)
{
    /// <summary>Failures in a row that open it, and calls of which more than half may not fail.</summary>
    public const int Enough = 5;

    // Of a busy target the last ones within the minute say enough.
    private const int MostSamples = 64;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly Queue<(TimeSpan At, bool Ok)> _samples = new();
    private int _inRow;
    private TimeSpan _pause = Shortest;
    private TimeSpan _openUntil;
    private int _probesPassed;
    private bool _isProbing;

    /// <summary>What it does with calls.</summary>
    public BreakerState State { get; private set; }

    /// <summary>Which calls count: those that were let through in the same era.</summary>
    public int Era { get; private set; }

    /// <summary>How long calls will be kept away; null where the next would be let through.</summary>
    public TimeSpan? BlockedFor(TimeSpan now) => State switch
    {
        BreakerState.Open when now < _openUntil => _openUntil - now,
        // Until the one that looks comes back.
        BreakerState.HalfOpen when _isProbing => TimeSpan.Zero,
        _ => null,
    };

    /// <summary>Lets a call through, and says in which era; null keeps it away.</summary>
    public int? TryEnter(TimeSpan now)
    {
        if (BlockedFor(now) is not null) return null;
        if (State == BreakerState.Closed) return Era;
        (State, _isProbing) = (BreakerState.HalfOpen, true);
        return ++Era;
    }

    /// <summary>A call that was let through ended well.</summary>
    public void Succeeded(int era, TimeSpan now)
    {
        if (era != Era) return;
        if (State == BreakerState.Closed) Take(now, ok: true);
        else if (++_probesPassed < 2) _isProbing = false;
        else
        {
            (State, _isProbing, _pause, _inRow) = (BreakerState.Closed, false, Shortest, 0);
            _samples.Clear();
            Era++;
        }
    }

    /// <summary>A call that was let through failed by the target's fault.</summary>
    public void Failed(int era, TimeSpan now)
    {
        if (era != Era) return;
        if (State == BreakerState.HalfOpen)
        {
            _pause = _pause * 2 < Longest ? _pause * 2 : Longest;
            Open(now);
            return;
        }
        Take(now, ok: false);
        if (_inRow >= Enough || (_samples.Count >= Enough && Failures() * 2 > _samples.Count)) Open(now);
    }

    /// <summary>A call that was let through ended without saying anything about the target.</summary>
    public void Left(int era)
    {
        if (era == Era) _isProbing = false;
    }

    private void Open(TimeSpan now)
    {
        // A tenth up or down: those who wait must not all come back at once.
        _openUntil = now + _pause * (0.9 + 0.2 * jitter());
        (State, _isProbing, _probesPassed, _inRow) = (BreakerState.Open, false, 0, 0);
        _samples.Clear();
        Era++;
    }

    private void Take(TimeSpan now, bool ok)
    {
        _inRow = ok ? 0 : _inRow + 1;
        _samples.Enqueue((now, ok));
        while (_samples.Count > MostSamples || _samples.Peek().At < now - Window) _samples.Dequeue();
    }

    private int Failures()
    {
        var failures = 0;
        foreach (var (_, ok) in _samples)
            if (!ok) failures++;
        return failures;
    }
}
