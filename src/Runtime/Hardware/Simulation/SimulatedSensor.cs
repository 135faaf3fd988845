using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Simulation;

/// <summary>A sensor that measures what it was told.</summary>
internal sealed class SimulatedSensor(Func<double> value, string unit) : ISensor
{
    public Measurement Read() => new(value(), unit);

    public void Dispose() { }
}
