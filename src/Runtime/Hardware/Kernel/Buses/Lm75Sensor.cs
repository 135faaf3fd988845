using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Buses;

/// <summary>An LM75, or one of the many that are read as it is (TMP102, TMP75, DS75): register 0, 256ths of a degree.</summary>
internal sealed class Lm75Sensor(string folder, SensorSource source) : ISensor
{
    private readonly I2cDevice _chip = new(source.Parts[0], source.Parts[1], folder);

    public Measurement Read() => source.Scaled((short)_chip.ReadWord(0) / 256.0, "°C");

    public void Dispose() => _chip.Dispose();
}
