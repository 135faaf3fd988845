using System.Collections.ObjectModel;
using Runtime.Hardware.Board;

namespace Appliance.Config.Sections;

/// <summary>Section <c>hardware</c>: what is wired to this box and may be used. Immutable.</summary>
internal sealed record HardwareConfig(
    [property: Setting("Whether everything below is only imagined: nothing of the machine is touched, and `appliance hardware simulate` plays the world.")]
    bool Simulate = false,
    IReadOnlyDictionary<string, PinConfig>? Pins = null,
    IReadOnlyDictionary<string, SensorConfig>? Sensors = null,
    IReadOnlyDictionary<string, TriggerConfig>? Triggers = null,
    [property: Setting("How often triggers begin something within an hour, all together.", Hot = true, Least = 1, Most = 3600)]
    int TriggersPerHour = 60)
{
    [Setting("Pins by their names; what has no name here cannot be reached.", Hot = true)]
    public IReadOnlyDictionary<string, PinConfig> Pins { get; init; } = Pins ?? ReadOnlyDictionary<string, PinConfig>.Empty;

    [Setting("Sensors by their names; what has no name here cannot be reached.", Hot = true)]
    public IReadOnlyDictionary<string, SensorConfig> Sensors { get; init; } = Sensors ?? ReadOnlyDictionary<string, SensorConfig>.Empty;

    [Setting("What begins when something happens at a pin or a sensor, by names.", Hot = true)]
    public IReadOnlyDictionary<string, TriggerConfig> Triggers { get; init; } = Triggers ?? ReadOnlyDictionary<string, TriggerConfig>.Empty;

    /// <summary>True where something is named.</summary>
    internal bool IsThere => Pins.Count + Sensors.Count > 0;

    /// <summary>As the agent's room takes it.</summary>
    public HardwareSettings ToSettings() => new() { Pins = [.. Pins.Select(pin => pin.Value.ToSettings(pin.Key))], Sensors = [.. Sensors.Select(sensor => sensor.Value.ToSettings(sensor.Key))] };
}
