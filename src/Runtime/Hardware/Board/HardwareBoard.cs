using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Board;

/// <summary>
/// The one way to what is wired, for tools, commands and triggers: only what the settings name is reachable, for those whom they name,
/// and for what they allow. Outputs are held while it is open, set to their start value when they are opened and to their safe value when
/// they are let go. Opens nothing that nobody asked for. Safe for several threads.
/// </summary>
/// <param name="source">Where devices come from.</param>
/// <param name="time">The clock.</param>
public sealed partial class HardwareBoard(IDeviceSource source, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private IReadOnlyList<BoardPin> _pins = [];
    private IReadOnlyList<BoardSensor> _sensors = [];
    private IReadOnlyList<BoardBus> _buses = [];
    private IReadOnlyList<CameraSettings> _cameras = [];

    /// <summary>Hears of everything that happens, from any thread; must not wait, and must not call back while it hears.</summary>
    public event Action<HardwareEvent>? Happened;

    /// <summary>True where something of that kind has a name.</summary>
    public bool Has(DeviceKind kind) => Named(kind).Any();

    /// <summary>Takes settings instead of those before. What is the same stays open as it is; what went is set safe and let go.</summary>
    public void Set(HardwareSettings settings)
    {
        lock (_lock)
        {
            var (pins, sensors, buses) = (_pins, _sensors, _buses);
            var kept = pins.Where(pin => settings.Pins.Any(pin.Settings.IsSame)).ToList();
            var open = buses.Where(bus => settings.Buses.Any(bus.Settings.IsSame)).ToList();
            foreach (var gone in pins.Except(kept)) gone.Dispose();
            foreach (var gone in sensors) gone.Dispose();
            foreach (var gone in buses.Except(open)) gone.Dispose();
            _pins = [.. settings.Pins.Select(wanted => kept.FirstOrDefault(pin => pin.Settings.Name == wanted.Name) ?? new BoardPin(wanted, source, time, Tell))];
            _sensors = [.. settings.Sensors.Select(wanted => new BoardSensor(wanted, source))];
            _buses = [.. settings.Buses.Select(wanted => open.FirstOrDefault(bus => bus.Settings.Name == wanted.Name) ?? new BoardBus(wanted, source))];
            _cameras = settings.Cameras;
            foreach (var fresh in _pins.Except(kept)) fresh.Begin();
        }
    }

    /// <summary>The pins that somebody may read, as they are now.</summary>
    /// <param name="person">Who asks; null for the owner.</param>
    public IReadOnlyList<PinState> Pins(string? person) => [.. _pins.Where(pin => pin.Settings.May(person, PinUse.Read)).Select(pin => pin.State())];

    /// <summary>True where there is a pin of that name that this person may read.</summary>
    public bool HasPin(string name, string? person) => _pins.Any(pin => Is(pin.Settings.Name, name) && pin.Settings.May(person, PinUse.Read));

    /// <summary>The pin as it is now.</summary>
    /// <exception cref="HardwareException">There is none of that name for this person, or it does not tell.</exception>
    public PinState ReadPin(string name, string? person)
    {
        var state = Pin(name, person, PinUse.Read).State();
        return state.Fault is { } fault ? throw new HardwareException($"{name} cannot be read: {fault}") : state;
    }

    /// <summary>Sets a pin.</summary>
    /// <exception cref="HardwareException">There is none of that name for this person, it may not be set, or cannot.</exception>
    public PinState SetPin(string name, int percent, string? person)
    {
        var pin = Pin(name, person, PinUse.Set);
        var state = pin.Set(percent);
        Tell(new(HardwareEvent.Set, pin.Settings.Name, state.Text) { Person = person });
        return state;
    }

    /// <summary>True where a person has to be asked before an agent changes something with this. Of what is not there it does not matter.</summary>
    public bool Asks(DeviceKind kind, string name) => Named(kind).FirstOrDefault(device => Is(device.Name, name))?.Asks ?? false;

    /// <summary>The sensors that somebody may read, as they measure now.</summary>
    public IReadOnlyList<SensorState> Sensors(string? person) => [.. _sensors.Where(sensor => sensor.Settings.May(person, PinUse.Read)).Select(sensor => sensor.State())];

    /// <summary>What a sensor measures now.</summary>
    /// <exception cref="HardwareException">There is none of that name for this person, or it does not measure.</exception>
    public SensorState ReadSensor(string name, string? person)
    {
        var sensor = _sensors.FirstOrDefault(s => Is(s.Settings.Name, name) && s.Settings.May(person, PinUse.Read)) ?? throw Unknown(DeviceKind.Sensor, name, person);
        var state = sensor.State();
        return state.Fault is { } fault ? throw new HardwareException($"{name} cannot be read: {fault}") : state;
    }

    /// <summary>What people say for what they may read: names, and what the settings say about them. Measures nothing.</summary>
    /// <param name="kind"><c>pin</c> or <c>sensor</c>; null comes back for another.</param>
    /// <param name="person">Who speaks; null for the owner.</param>
    public IReadOnlyList<(string Said, string Name)>? NamesOf(string kind, string? person) => kind switch
    {
        "pin" => [.. _pins.Select(pin => pin.Settings).Where(pin => pin.May(person, PinUse.Read)).SelectMany(pin => Said(pin.Name, pin.About))],
        "sensor" => [.. _sensors.Select(sensor => sensor.Settings).Where(sensor => sensor.May(person, PinUse.Read)).SelectMany(sensor => Said(sensor.Name, sensor.About))],
        _ => null,
    };

    /// <summary>What a sensor measures now, for triggers; null where it does not, or may not be one.</summary>
    internal Measurement? Measure(string name) => _sensors.FirstOrDefault(s => s.Settings.Name == name && s.Settings.Allow.HasFlag(PinUse.Trigger))?.State().Measured;

    /// <summary>Tells of something that happened; a trigger does.</summary>
    internal void Tell(HardwareEvent happened) => Happened?.Invoke(happened);

    /// <summary>Sets everything safe and lets it go.</summary>
    public void Dispose() => Set(HardwareSettings.None);

    /// <summary>A name without what people and small models do not keep to: capitals, and - or _ for a space (kitchen light is kitchen-light). Names of which this is the same are one.</summary>
    public static string Plain(string name) => name.Trim().ToLowerInvariant().Replace('-', ' ').Replace('_', ' ');

    private BoardPin Pin(string name, string? person, PinUse use)
    {
        var pin = _pins.FirstOrDefault(p => Is(p.Settings.Name, name));
        return pin is not null && pin.Settings.May(person, use) ? pin : throw Refused(DeviceKind.Pin, pin?.Settings, name, person, use);
    }

    // Whoever may do nothing of that kind with it does not hear that it is there.
    private HardwareException Refused(DeviceKind kind, DeviceSettings? device, string name, string? person, PinUse use)
    {
        if (device is null || !IsSeen(device, person)) return Unknown(kind, name, person);
        Tell(new(HardwareEvent.Refused, name, "") { Person = person, Detail = use == PinUse.Set ? "set" : "read" });
        return new HardwareException(use == PinUse.Set ? $"{name} can only be read." : $"{name} can only be written to.");
    }

    private HardwareException Unknown(DeviceKind kind, string name, string? person)
    {
        var what = kind.ToString().ToLowerInvariant();
        Tell(new(HardwareEvent.Refused, name, "") { Person = person, Detail = $"no such {what}" });
        var names = string.Join(", ", Named(kind).Where(device => IsSeen(device, person)).Select(device => device.Name));
        return new HardwareException(names.Length > 0 ? $"There is no {what} {name}. There are: {names}." : $"No {what} is set up here.");
    }

    private IEnumerable<DeviceSettings> Named(DeviceKind kind) => kind switch
    {
        DeviceKind.Pin => _pins.Select(pin => pin.Settings),
        DeviceKind.Sensor => _sensors.Select(sensor => sensor.Settings),
        DeviceKind.Bus => _buses.Select(bus => bus.Settings),
        _ => _cameras,
    };

    // A chip that is only written to is used, and so seen. A pin is not.
    private static bool IsSeen(DeviceSettings device, string? person) => device.May(person, PinUse.Read) || (device is BusSettings && device.May(person, PinUse.Set));

    private static IEnumerable<(string Said, string Name)> Said(string name, string? about) => about is { Length: > 0 } ? [(name, name), (about, name)] : [(name, name)];

    private static bool Is(string name, string asked) => Plain(name) == Plain(asked);
}
