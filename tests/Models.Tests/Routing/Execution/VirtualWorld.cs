namespace Models.Tests.Routing.Execution;

/// <summary>
/// A clock and a thread of their own: everything that is awaited runs in order on the caller's thread, and when nothing can go on, time
/// jumps to the next timer. So hours pass in no time, and a seed gives the same run everywhere. Clocks can be set meanwhile.
/// </summary>
internal sealed class VirtualWorld : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();

    public VirtualTime Time { get; } = new();

    public override void Post(SendOrPostCallback d, object? state) => _ready.Enqueue((d, state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    /// <summary>Runs something to its end; fails where it waits for what never comes, or longer than <paramref name="most"/>.</summary>
    public void Run(Func<Task> work, TimeSpan most)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var end = Time.Elapsed + most;
            var task = work();
            while (!task.IsCompleted)
            {
                if (_ready.TryDequeue(out var next)) next.Callback(next.State);
                else if (!Time.Step()) throw new InvalidOperationException("it waits for what never comes");
                else if (Time.Elapsed > end) throw new InvalidOperationException($"it took longer than {most}");
            }
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}

/// <summary>Time that passes when nothing else happens. For one thread.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly PriorityQueue<(Timer Timer, int Version), (long Due, long Order)> _timers = new();
    private TimeSpan _elapsed;
    private DateTimeOffset _wall = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private long _order;

    /// <summary>By the steady clock.</summary>
    public TimeSpan Elapsed => _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _elapsed.Ticks;

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
