using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Board;

/// <summary>A sensor that has a name; it may be used for <see cref="PinUse.Read"/> and <see cref="PinUse.Trigger"/>. Immutable.</summary>
/// <param name="Name">As people and models call it.</param>
/// <param name="At">Where it is.</param>
public sealed record SensorSettings(string Name, DeviceAddress At) : DeviceSettings(Name, At)
{
    /// <summary>Its unit, where the device does not say.</summary>
    public string? Unit { get; init; }

    /// <summary>What the device's number is multiplied by.</summary>
    public double Scale { get; init; } = 1;
}
