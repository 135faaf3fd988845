using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Simulation;

/// <summary>A pin that is only remembered. What it is at survives closing and opening, as a wire does. Safe for several threads.</summary>
internal sealed class SimulatedPin : IPin
{
    private readonly Lock _lock = new();
    private int _percent;
    private Action<int>? _changed;

    public bool IsDimmed { get; private set; }

    public void Begin(bool isDimmed, int? initial)
    {
        lock (_lock) (IsDimmed, _percent) = (isDimmed, initial ?? _percent);
    }

    public int Read()
    {
        lock (_lock) return _percent;
    }

    public void Write(int percent)
    {
        lock (_lock) _percent = IsDimmed || percent == 0 ? percent : 100;
    }

    public void Watch(Action<int> changed)
    {
        lock (_lock) _changed = changed;
    }

    /// <summary>The world changes it.</summary>
    public void Simulate(int percent)
    {
        Action<int>? changed;
        lock (_lock)
        {
            if (_percent == percent) return;
            (_percent, changed) = (percent, _changed);
        }
        changed?.Invoke(percent);
    }

    public void Dispose()
    {
        lock (_lock) _changed = null;
    }
}
