using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Board;

/// <summary>A sensor as it is now. Immutable.</summary>
/// <param name="Settings">What it is.</param>
/// <param name="Measured">What it measured; null where it did not.</param>
/// <param name="Fault">Why it did not, or null.</param>
public sealed record SensorState(SensorSettings Settings, Measurement? Measured, string? Fault);
