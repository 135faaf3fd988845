namespace Models.Routing.Simulation;

/// <summary>Time that passes when nothing else happens. For one thread.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly PriorityQueue<(Timer Timer, int Version), (long Due, long Order)> _timers = new();
    private TimeSpan _elapsed;
    private DateTimeOffset _wall = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private long _order;

    /// <summary>By the steady clock.</summary>
    public TimeSpan Elapsed => _elapsed;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => _elapsed.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _wall + _elapsed;

    /// <summary>Sets the wall clock; no time passes.</summary>
    public void Jump(TimeSpan by) => _wall += by;

    /// <summary>Goes to the next timer and fires it; false where there is none.</summary>
    public bool Step()
    {
        while (_timers.TryDequeue(out var next, out var due))
        {
            if (next.Timer.Version != next.Version) continue;
            _elapsed = TimeSpan.FromTicks(Math.Max(_elapsed.Ticks, due.Due));
            next.Timer.Fire();
            return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(VirtualTime time, Action fire) : ITimer
    {
        public int Version { get; private set; }

        public void Fire()
        {
            Version++;
            fire();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Version++;
            if (dueTime >= TimeSpan.Zero) time._timers.Enqueue((this, Version), ((time._elapsed + dueTime).Ticks, time._order++));
            return true;
        }

        public void Dispose() => Version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
