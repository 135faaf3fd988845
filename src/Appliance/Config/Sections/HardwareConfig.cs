using System.Collections.ObjectModel;
using Runtime.Hardware.Board;

namespace Appliance.Config.Sections;

/// <summary>Section <c>hardware</c>: what is wired to this box and may be used. Immutable.</summary>
internal sealed record HardwareConfig(
    [property: Setting("Whether everything below is only imagined: nothing of the machine is touched, and `appliance hardware simulate` plays the world.")]
    bool Simulate = false,
    IReadOnlyDictionary<string, PinConfig>? Pins = null,
    IReadOnlyDictionary<string, SensorConfig>? Sensors = null,
    IReadOnlyDictionary<string, BusConfig>? Buses = null,
    IReadOnlyDictionary<string, CameraConfig>? Cameras = null,
    IReadOnlyDictionary<string, TriggerConfig>? Triggers = null,
    [property: Setting("How often triggers begin something within an hour, all together.", Hot = true, Least = 1, Most = 3600)]
    int TriggersPerHour = 60)
{
    [Setting("Pins by their names; what has no name here cannot be reached.", Hot = true)]
    public IReadOnlyDictionary<string, PinConfig> Pins { get; init; } = Pins ?? ReadOnlyDictionary<string, PinConfig>.Empty;

    [Setting("Sensors by their names; what has no name here cannot be reached.", Hot = true)]
    public IReadOnlyDictionary<string, SensorConfig> Sensors { get; init; } = Sensors ?? ReadOnlyDictionary<string, SensorConfig>.Empty;

    [Setting("Chips on I2C and SPI and serial ports that agents may send bytes to or take some from, by their names; what has no name here cannot be reached.", Hot = true)]
    public IReadOnlyDictionary<string, BusConfig> Buses { get; init; } = Buses ?? ReadOnlyDictionary<string, BusConfig>.Empty;

    [Setting("Cameras that agents may take pictures with, by their names; what has no name here cannot be reached.", Hot = true)]
    public IReadOnlyDictionary<string, CameraConfig> Cameras { get; init; } = Cameras ?? ReadOnlyDictionary<string, CameraConfig>.Empty;

    [Setting("What begins when something happens at a pin or a sensor, by names.", Hot = true)]
    public IReadOnlyDictionary<string, TriggerConfig> Triggers { get; init; } = Triggers ?? ReadOnlyDictionary<string, TriggerConfig>.Empty;

    /// <summary>True where something is named that is held, or listened to, from the start on.</summary>
    internal bool IsThere => Pins.Count + Sensors.Count > 0;

    /// <summary>As the agent's room takes it.</summary>
    public HardwareSettings ToSettings() => new()
    {
        Pins = [.. Pins.Select(pin => pin.Value.ToSettings(pin.Key))],
        Sensors = [.. Sensors.Select(sensor => sensor.Value.ToSettings(sensor.Key))],
        Buses = [.. Buses.Select(bus => bus.Value.ToSettings(bus.Key))],
        Cameras = [.. Cameras.Select(camera => camera.Value.ToSettings(camera.Key))],
    };
}
