using Models.Generation;

namespace Runtime.Hardware.Power;

/// <summary>
/// Looks at the machine's heat, battery and draw every few seconds and says how much it is to be spared. Where a machine tells nothing of the
/// kind it looks once and never again. Safe for several threads.
/// </summary>
public sealed class PowerWatch : IDisposable
{
    /// <summary>Between two looks.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    // Of the watts while models work a new look counts for a fifth.
    private const double Share = 0.2;

    private readonly Func<PowerReading> _read;
    private readonly Func<PowerLimits> _limits;
    private readonly PowerMeter _meter;
    private readonly TimeProvider _time;
    private readonly Action<string> _tell;
    private readonly Func<TimeSpan> _worked;
    private readonly long _began;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private volatile PowerState _state = PowerState.Normal;
    private volatile PowerReading _reading = PowerReading.Nothing;
    private PowerMeter.Reading? _since;
    private TimeSpan _workedBefore;
    private long _lookedAt;
    private double? _watts, _busyWatts;
    private double _joules;

    /// <summary>Begins to look.</summary>
    /// <param name="limits">From where on the machine is spared, as it is set now.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Hears of every change, in a sentence.</param>
    /// <param name="root">Where <c>/sys</c> is; tests give a tree of their own.</param>
    /// <param name="worked">Time that models have worked since this program began; tests give their own.</param>
    public PowerWatch(Func<PowerLimits> limits, TimeProvider time, Action<string> tell, string root = "/", Func<TimeSpan>? worked = null)
    {
        (_read, _limits, _meter, _time, _tell, _worked) = (() => PowerSensors.Read(root), limits, new PowerMeter(root), time, tell, worked ?? (static () => GenerationMeter.StepTime));
        _began = _lookedAt = time.GetTimestamp();
        _reading = _read();
        _timer = time.CreateTimer(static state => ((PowerWatch)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (_meter.IsThere) (_since, _workedBefore) = (_meter.Start(), _worked());
        if (_reading.IsTold || _meter.IsThere) _timer.Change(Every, Every);
    }

    /// <summary>Hears of every change of the level, on the thread that looked.</summary>
    public event Action<PowerState>? Changed;

    /// <summary>How much the machine is to be spared.</summary>
    public PowerState State => _state;

    /// <summary>How it was when it was last looked at.</summary>
    public PowerReading Reading => _reading;

    /// <summary>Mean watts between the last two looks; null where the board does not tell.</summary>
    public double? Watts
    {
        get { lock (_lock) return _watts; }
    }

    /// <summary>The same while models worked most of the time, of many looks; null before the first.</summary>
    public double? BusyWatts
    {
        get { lock (_lock) return _busyWatts; }
    }

    /// <summary>Joules that were drawn while models worked, since this began; null where the board does not tell.</summary>
    public double? Joules
    {
        get { lock (_lock) return _meter.IsThere ? _joules : null; }
    }

    /// <summary>Looks now.</summary>
    public void Look()
    {
        PowerState before, after;
        lock (_lock)
        {
            _reading = _read();
            before = _state;
            _state = after = before.Next(_reading, _limits(), _time.GetElapsedTime(_began));
            Measure();
        }
        if (before.Level == after.Level) return;
        _tell(after.Level == PowerLevel.Normal ? "power: everything as usual" : $"power: the machine {after.Reason}; models work {100 * after.Duty:0} % of their time{(after.DefersJobs ? ", and jobs wait" : "")}");
        Changed?.Invoke(after);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Measure()
    {
        if (_since is null) return;
        var (seconds, worked) = (_time.GetElapsedTime(_lookedAt).TotalSeconds, _worked());
        // Two models that step at once work no longer than the time there was.
        var share = seconds > 0 ? Math.Clamp((worked - _workedBefore).TotalSeconds / seconds, 0, 1) : 0;
        _watts = _since.Watts();
        if (_watts is { } watts)
        {
            _joules += watts * share * seconds;
            if (share > 0.5) _busyWatts = _busyWatts is { } old ? old + Share * (watts - old) : watts;
        }
        (_since, _workedBefore, _lookedAt) = (_meter.Start(), worked, _time.GetTimestamp());
    }
}
