namespace TestKit;

/// <summary>Time that passes when a test says so; its timers fire inside <see cref="Advance"/>. Safe for several threads.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private TimeSpan _jumped;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_timers) return _now;
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_timers) return (_now - _jumped).Ticks;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass, and what falls due on the way happen in its order.</summary>
    public void Advance(TimeSpan time)
    {
        var end = GetUtcNow() + time;
        while (true)
        {
            ManualTimer? due;
            lock (_timers)
            {
                due = _timers.Where(t => t.Due <= end).MinBy(t => t.Due);
                _now = due?.Due is { } at && at > _now ? at : due is null ? end : _now;
                if (due is null) return;
                due.Passed();
            }
            due.Fire();
        }
    }

    /// <summary>Lets time pass, a step after the other, until something is over that other threads take part in.</summary>
    public async Task AdvanceUntilAsync(Task over, TimeSpan step)
    {
        while (!over.IsCompleted)
        {
            Advance(step);
            await Task.WhenAny(over, Task.Delay(10));
        }
    }

    /// <summary>Puts the wall clock to another time, as a person or a time server does. No time passes.</summary>
    public void SetClock(DateTimeOffset to)
    {
        lock (_timers)
        {
            var jump = to - _now;
            (_now, _jumped) = (to, _jumped + jump);
            foreach (var timer in _timers) timer.Shift(jump);
        }
    }

    private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset? Due { get; private set; }

        public void Fire() => fire();

        public void Shift(TimeSpan jump) => Due += jump;

        public void Passed()
        {
            Due = _period > TimeSpan.Zero ? Due + _period : null;
            // What is over is held by nobody, as with a real clock.
            if (Due is null) time._timers.Remove(this);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._timers)
            {
                if (!time._timers.Contains(this)) time._timers.Add(this);
                _period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
            }
            return true;
        }

        public void Dispose()
        {
            lock (time._timers) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
