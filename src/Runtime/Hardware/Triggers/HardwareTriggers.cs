using Runtime.Hardware.Board;

namespace Runtime.Hardware.Triggers;

/// <summary>
/// Watches pins and sensors, and says when something begins. A pin or sensor that does not allow triggers sets none off. Looks at sensors
/// every few seconds where a trigger is set on one, and does nothing at all where there is no trigger. Safe for several threads.
/// </summary>
public sealed class HardwareTriggers : IDisposable
{
    /// <summary>How often sensors are looked at.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly HardwareBoard _board;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private IReadOnlyList<Trigger> _triggers = [];
    private TriggerRate _rate;
    private ITimer? _timer;
    private int _isLooking;

    /// <summary>Begins to listen to a board.</summary>
    public HardwareTriggers(HardwareBoard board, TimeProvider time)
    {
        (_board, _time, _rate) = (board, time, new TriggerRate(0, time));
        board.Happened += Hear;
    }

    /// <summary>Hears of what begins, from any thread; must not wait.</summary>
    public event Action<TriggerFired>? Fired;

    /// <summary>Takes triggers instead of those before; what these had seen counts no more.</summary>
    /// <param name="triggers">The triggers.</param>
    /// <param name="mostPerHour">How often they begin something within an hour, all together; what is beyond that is told and not done.</param>
    public void Set(IReadOnlyList<TriggerSettings> triggers, int mostPerHour)
    {
        lock (_lock)
        {
            foreach (var trigger in _triggers) trigger.Dispose();
            _timer?.Dispose();
            _rate = new TriggerRate(mostPerHour, _time);
            _triggers = [.. triggers.Select(settings => new Trigger(settings, _time, Fire))];
            _timer = _triggers.Any(trigger => trigger.IsOfSensor) ? _time.CreateTimer(_ => Look(), null, TimeSpan.Zero, Every) : null;
        }
    }

    /// <summary>Ends all of it.</summary>
    public void Dispose()
    {
        _board.Happened -= Hear;
        Set([], 0);
    }

    private void Hear(HardwareEvent happened)
    {
        if (happened.Kind != HardwareEvent.Edge) return;
        foreach (var trigger in _triggers.Where(trigger => !trigger.IsOfSensor && trigger.Settings.On == happened.Name)) trigger.Hear(happened.Value);
    }

    private void Look()
    {
        // A sensor that takes longer than that is looked at less often.
        if (Interlocked.Exchange(ref _isLooking, 1) == 1) return;
        try
        {
            foreach (var sensor in _triggers.Where(trigger => trigger.IsOfSensor).GroupBy(trigger => trigger.Settings.On))
            {
                var measured = _board.Measure(sensor.Key);
                foreach (var trigger in sensor) trigger.Hear(measured);
            }
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    private void Fire(TriggerFired fired)
    {
        if (!_rate.Take())
        {
            _board.Tell(new(HardwareEvent.Refused, fired.Settings.Name, fired.Value) { Detail = "triggers began too much within the hour" });
            return;
        }
        _board.Tell(new(HardwareEvent.Triggered, fired.Settings.Name, fired.Value) { Detail = fired.Settings.Job is { } job ? $"job {job}" : "turn" });
        Fired?.Invoke(fired);
    }
}
