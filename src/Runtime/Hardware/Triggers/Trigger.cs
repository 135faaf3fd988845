namespace Runtime.Hardware.Triggers;

/// <summary>One trigger at work. Safe for several threads.</summary>
/// <param name="settings">What it waits for.</param>
/// <param name="time">The clock.</param>
/// <param name="fire">Is told when it is so.</param>
internal sealed class Trigger(TriggerSettings settings, TimeProvider time, Action<TriggerFired> fire) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ThresholdGate? _gate = settings.Above is { } above ? new(above, true, settings.Hysteresis, settings.For)
        : settings.Below is { } below ? new(below, false, settings.Hysteresis, settings.For) : null;

    private readonly long _began = time.GetTimestamp();
    private ITimer? _held;
    private long? _fired;

    public TriggerSettings Settings => settings;

    /// <summary>True where it looks at a sensor.</summary>
    public bool IsOfSensor => _gate is not null;

    /// <summary>Hears of a change of its pin.</summary>
    public void Hear(string level)
    {
        lock (_lock)
        {
            _held?.Dispose();
            _held = null;
            if (settings.Becomes is not { } wanted || (wanted != TriggerEdge.Either && (wanted == TriggerEdge.On) != (level != "off"))) return;
            if (settings.For <= TimeSpan.Zero) Fire(level);
            else _held = time.CreateTimer(_ => { lock (_lock) Fire(level); }, null, settings.For, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Hears what its sensor measured; null where it did not.</summary>
    public void Hear(Devices.Measurement? measured)
    {
        lock (_lock)
        {
            if (_gate!.Take(measured?.Value, time.GetElapsedTime(_began))) Fire($"{measured}");
        }
    }

    public void Dispose()
    {
        lock (_lock) _held?.Dispose();
    }

    private void Fire(string value)
    {
        if (_fired is { } last && time.GetElapsedTime(last) < settings.Pause) return;
        _fired = time.GetTimestamp();
        fire(new TriggerFired(settings, value));
    }
}
