using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Board;

/// <summary>A sensor that has a name. Immutable.</summary>
/// <param name="Name">As people and models call it.</param>
/// <param name="At">Where it is.</param>
public sealed record SensorSettings(string Name, DeviceAddress At)
{
    /// <summary>What it is, in the owner's words.</summary>
    public string? About { get; init; }

    /// <summary>What it may be used for: <see cref="PinUse.Read"/> and <see cref="PinUse.Trigger"/>.</summary>
    public PinUse Allow { get; init; } = PinUse.Read;

    /// <summary>People beside the owner who may read it, by their ids; <c>*</c> is everybody.</summary>
    public IReadOnlyList<string> Who { get; init; } = [];

    /// <summary>Its unit, where the device does not say.</summary>
    public string? Unit { get; init; }

    /// <summary>What the device's number is multiplied by.</summary>
    public double Scale { get; init; } = 1;
}
