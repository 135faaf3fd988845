using System.Collections.Concurrent;
using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Simulation;

/// <summary>Stands in for everything that could be wired, for those who have nothing wired yet. Nothing of the machine is touched. Safe for several threads.</summary>
public sealed class SimulatedDevices : IDeviceSource
{
    private readonly ConcurrentDictionary<string, SimulatedPin> _pins = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SimulatedBus> _buses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, double> _measured = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IPin Open(PinSettings pin, int? initial)
    {
        var opened = _pins.GetOrAdd(pin.Name, _ => new SimulatedPin());
        opened.Begin(pin.At.Way is DeviceAddress.Pwm or DeviceAddress.Led, pin.IsOutput ? initial : null);
        return opened;
    }

    /// <inheritdoc/>
    public ISensor Open(SensorSettings sensor) => new SimulatedSensor(() => _measured.GetValueOrDefault(sensor.Name, 20) * sensor.Scale, sensor.Unit ?? UnitOf(sensor.At));

    /// <inheritdoc/>
    public IBus Open(BusSettings bus) => _buses.GetOrAdd(bus.Name, _ => new SimulatedBus(bus.At.Way));

    /// <inheritdoc/>
    public byte[] Take(CameraSettings camera) => SimulatedCamera.Take(camera.Size.Width, camera.Size.Height);

    /// <summary>Does from outside what the world would do: a button is pressed, it gets warm.</summary>
    /// <param name="pin">The pin, or null for a sensor.</param>
    /// <param name="name">The name.</param>
    /// <param name="value">Percent of a pin; the device's number of a sensor.</param>
    public void Simulate(bool pin, string name, double value)
    {
        if (pin) _pins.GetOrAdd(name, _ => new SimulatedPin()).Simulate((int)value);
        else _measured[name] = value;
    }

    /// <summary>Does from outside what the world would do: bytes come by a chip or a port.</summary>
    public void Simulate(BusSettings bus, byte[] bytes) => _buses.GetOrAdd(bus.Name, _ => new SimulatedBus(bus.At.Way)).Simulate(bytes);

    private static string UnitOf(DeviceAddress at) => at.Way is DeviceAddress.OneWire or DeviceAddress.I2c || at.Parts[^1].StartsWith("temp", StringComparison.Ordinal) ? "°C" : "";
}
