using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel;

/// <summary>What a sensor's owner said of it. Immutable.</summary>
internal sealed record SensorSource(SensorSettings Settings)
{
    /// <summary>The parts of its address.</summary>
    public IReadOnlyList<string> Parts => Settings.At.Parts;

    /// <summary>A number of the device as it is told.</summary>
    /// <param name="value">The number.</param>
    /// <param name="unit">The device's own unit.</param>
    public Measurement Scaled(double value, string unit) => new(value * Settings.Scale, Settings.Unit ?? unit);
}
