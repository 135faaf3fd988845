using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Board;

/// <summary>
/// The one way to pins and sensors, for tools, commands and triggers: only what the settings name is reachable, for those whom they name,
/// and for what they allow. Outputs are held while it is open, set to their start value when they are opened and to their safe value when
/// they are let go. Opens nothing that nobody asked for. Safe for several threads.
/// </summary>
/// <param name="source">Where devices come from.</param>
/// <param name="time">The clock.</param>
public sealed class HardwareBoard(IDeviceSource source, TimeProvider time) : IDisposable
{
    private const string Everybody = "*";

    private readonly Lock _lock = new();
    private IReadOnlyList<BoardPin> _pins = [];
    private IReadOnlyList<BoardSensor> _sensors = [];

    /// <summary>Hears of everything that happens, from any thread; must not wait, and must not call back while it hears.</summary>
    public event Action<HardwareEvent>? Happened;

    /// <summary>True where a pin or a sensor has a name.</summary>
    public bool IsThere => _pins.Count + _sensors.Count > 0;

    /// <summary>True where a pin has a name.</summary>
    public bool HasPins => _pins.Count > 0;

    /// <summary>True where a sensor has a name.</summary>
    public bool HasSensors => _sensors.Count > 0;

    /// <summary>Takes settings instead of those before. What is the same stays open as it is; what went is set safe and let go.</summary>
    public void Set(HardwareSettings settings)
    {
        lock (_lock)
        {
            var (pins, sensors) = (_pins, _sensors);
            var kept = pins.Where(pin => settings.Pins.Any(wanted => IsSame(pin.Settings, wanted))).ToList();
            foreach (var gone in pins.Except(kept)) gone.Dispose();
            foreach (var gone in sensors) gone.Dispose();
            _pins = [.. settings.Pins.Select(wanted => kept.FirstOrDefault(pin => pin.Settings.Name == wanted.Name) ?? new BoardPin(wanted, source, time, Tell))];
            _sensors = [.. settings.Sensors.Select(wanted => new BoardSensor(wanted, source))];
            foreach (var fresh in _pins.Except(kept)) fresh.Begin();
        }
    }

    /// <summary>The pins that somebody may read, as they are now.</summary>
    /// <param name="person">Who asks; null for the owner.</param>
    public IReadOnlyList<PinState> Pins(string? person) => [.. _pins.Where(pin => May(person, pin.Settings.Who, pin.Settings.Allow, PinUse.Read)).Select(pin => pin.State())];

    /// <summary>True where there is a pin of that name that this person may read.</summary>
    public bool HasPin(string name, string? person) => _pins.Any(pin => Is(pin.Settings.Name, name) && May(person, pin.Settings.Who, pin.Settings.Allow, PinUse.Read));

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

    /// <summary>True where a person has to be asked before an agent sets this pin. Of a pin that is not there it does not matter.</summary>
    public bool Asks(string name) => _pins.FirstOrDefault(pin => Is(pin.Settings.Name, name))?.Settings.Asks ?? false;

    /// <summary>The sensors that somebody may read, as they measure now.</summary>
    public IReadOnlyList<SensorState> Sensors(string? person) => [.. _sensors.Where(sensor => May(person, sensor.Settings.Who, sensor.Settings.Allow, PinUse.Read)).Select(sensor => sensor.State())];

    /// <summary>What a sensor measures now.</summary>
    /// <exception cref="HardwareException">There is none of that name for this person, or it does not measure.</exception>
    public SensorState ReadSensor(string name, string? person)
    {
        var sensor = _sensors.FirstOrDefault(s => Is(s.Settings.Name, name) && May(person, s.Settings.Who, s.Settings.Allow, PinUse.Read))
            ?? throw Unknown("sensor", name, person, _sensors.Where(s => May(person, s.Settings.Who, s.Settings.Allow, PinUse.Read)).Select(s => s.Settings.Name));
        var state = sensor.State();
        return state.Fault is { } fault ? throw new HardwareException($"{name} cannot be read: {fault}") : state;
    }

    /// <summary>What people say for what they may read: names, and what the settings say about them. Measures nothing.</summary>
    /// <param name="kind"><c>pin</c> or <c>sensor</c>; null comes back for another.</param>
    /// <param name="person">Who speaks; null for the owner.</param>
    public IReadOnlyList<(string Said, string Name)>? NamesOf(string kind, string? person) => kind switch
    {
        "pin" => [.. _pins.Select(pin => pin.Settings).Where(pin => May(person, pin.Who, pin.Allow, PinUse.Read)).SelectMany(pin => Said(pin.Name, pin.About))],
        "sensor" => [.. _sensors.Select(sensor => sensor.Settings).Where(sensor => May(person, sensor.Who, sensor.Allow, PinUse.Read)).SelectMany(sensor => Said(sensor.Name, sensor.About))],
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
        if (pin is not null && May(person, pin.Settings.Who, pin.Settings.Allow, use)) return pin;
        // Whoever may not even read it does not hear that it is there.
        if (pin is null || !May(person, pin.Settings.Who, pin.Settings.Allow, PinUse.Read)) throw Unknown("pin", name, person, _pins.Where(p => May(person, p.Settings.Who, p.Settings.Allow, PinUse.Read)).Select(p => p.Settings.Name));
        Tell(new(HardwareEvent.Refused, name, "") { Person = person, Detail = "set" });
        throw new HardwareException($"{name} can only be read.");
    }

    private HardwareException Unknown(string what, string name, string? person, IEnumerable<string> known)
    {
        Tell(new(HardwareEvent.Refused, name, "") { Person = person, Detail = $"no such {what}" });
        var names = string.Join(", ", known);
        return new HardwareException(names.Length > 0 ? $"There is no {what} {name}. There are: {names}." : $"No {what} is set up here.");
    }

    private static IEnumerable<(string Said, string Name)> Said(string name, string? about) => about is { Length: > 0 } ? [(name, name), (about, name)] : [(name, name)];

    private static bool Is(string name, string asked) => Plain(name) == Plain(asked);

    private static bool May(string? person, IReadOnlyList<string> who, PinUse allowed, PinUse use) =>
        allowed.HasFlag(use) && (person is null || who.Contains(Everybody) || who.Contains(person));

    private static bool IsSame(PinSettings one, PinSettings other) => one with { Who = other.Who } == other && one.Who.SequenceEqual(other.Who);
}
