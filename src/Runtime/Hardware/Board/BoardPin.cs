using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Board;

/// <summary>
/// A pin of the board: opened when it is first needed, kept open, set to its start value then and to its safe value when it is closed. What
/// fails once is tried again at the next use. Safe for several threads.
/// </summary>
internal sealed class BoardPin(PinSettings settings, IDeviceSource source, TimeProvider time, Action<HardwareEvent> tell) : IDisposable
{
    private readonly Lock _lock = new();
    private IPin? _pin;
    private ITimer? _longest;
    private bool _isClosed;

    public PinSettings Settings => settings;

    /// <summary>Opens it now where it has to be held: because of its start value, or because somebody listens to it.</summary>
    public void Begin()
    {
        if (settings is { Start: null, Safe: null } && !settings.Allow.HasFlag(PinUse.Trigger)) return;
        try
        {
            lock (_lock) Opened();
        }
        catch (HardwareException e)
        {
            tell(new(HardwareEvent.Failed, settings.Name, "") { Detail = e.Message });
        }
    }

    public PinState State()
    {
        lock (_lock)
        {
            try
            {
                var pin = Opened();
                return new(settings, pin.Read(), pin.IsDimmed, null);
            }
            catch (HardwareException e)
            {
                // What was unplugged may come back. An output is held on to: opening it again would set it.
                if (!settings.IsOutput)
                {
                    _pin?.Dispose();
                    _pin = null;
                }
                return new(settings, null, false, e.Message);
            }
        }
    }

    /// <summary>Sets it, and says what it is at then.</summary>
    /// <exception cref="HardwareException">It cannot be set.</exception>
    public PinState Set(int percent)
    {
        lock (_lock)
        {
            var pin = Opened();
            if (!pin.IsDimmed && percent is not (PinLevel.Off or PinLevel.On)) throw new HardwareException($"{settings.Name} is on or off, and nothing between.");
            pin.Write(percent);
            Watchdog(percent);
            return new(settings, pin.Read(), pin.IsDimmed, null);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
            _longest?.Dispose();
            if (_pin is null) return;
            if (settings is { IsOutput: true, Safe: { } safe }) Try(safe, "the box lets go of it");
            _pin.Dispose();
        }
    }

    private IPin Opened()
    {
        if (_isClosed) throw new HardwareException($"{settings.Name} was closed: the settings changed, or the box ends.");
        if (_pin is not null) return _pin;
        var initial = settings.IsOutput ? settings.Start ?? settings.Safe : null;
        var pin = source.Open(settings, initial);
        try
        {
            if (!settings.IsOutput && settings.Allow.HasFlag(PinUse.Trigger))
                pin.Watch(percent => tell(new(HardwareEvent.Edge, settings.Name, PinLevel.Text(percent, pin.IsDimmed))));
        }
        catch
        {
            pin.Dispose();
            throw;
        }
        _pin = pin;
        if (initial is { } start)
        {
            Watchdog(start);
            tell(new(HardwareEvent.Started, settings.Name, PinLevel.Text(start, pin.IsDimmed)));
        }
        return pin;
    }

    // Each time it is set the time begins anew.
    private void Watchdog(int percent)
    {
        _longest?.Dispose();
        _longest = percent == PinLevel.Off || settings.LongestOn is not { } longest ? null : time.CreateTimer(_ => Expire(), null, longest, Timeout.InfiniteTimeSpan);
    }

    private void Expire()
    {
        lock (_lock)
        {
            if (!_isClosed && _pin is not null) Try(PinLevel.Off, $"it was on for {settings.LongestOn!.Value.TotalSeconds:0.###} s");
        }
    }

    private void Try(int percent, string why)
    {
        try
        {
            _pin!.Write(percent);
            tell(new(HardwareEvent.Safe, settings.Name, PinLevel.Text(percent, _pin.IsDimmed)) { Detail = why });
        }
        catch (HardwareException e)
        {
            tell(new(HardwareEvent.Failed, settings.Name, PinLevel.Text(percent, false)) { Detail = e.Message });
        }
    }
}
