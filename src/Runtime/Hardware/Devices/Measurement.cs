using System.Globalization;

namespace Runtime.Hardware.Devices;

/// <summary>What a sensor measured. Immutable.</summary>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit, as people write it; empty where it has none.</param>
public readonly record struct Measurement(double Value, string Unit)
{
    /// <summary>For a person: at most three decimals.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value:0.###} {Unit}").TrimEnd();
}
