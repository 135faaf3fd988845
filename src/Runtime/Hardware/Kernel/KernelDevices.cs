using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;
using Runtime.Hardware.Kernel.Buses;
using Runtime.Hardware.Kernel.Gpio;
using Runtime.Hardware.Kernel.Input;
using Runtime.Hardware.Kernel.Sysfs;
using Runtime.Hardware.Kernel.Video;

namespace Runtime.Hardware.Kernel;

/// <summary>What is wired to this machine, by what its kernel offers to programs. Safe for several threads.</summary>
/// <param name="root">Where <c>/sys</c> and <c>/dev</c> are; tests give a tree of their own.</param>
public sealed class KernelDevices(string root = "/") : IDeviceSource
{
    private readonly string _sys = Path.Combine(root, "sys"), _dev = Path.Combine(root, "dev");

    /// <inheritdoc/>
    public IPin Open(PinSettings pin, int? initial) => pin.At.Way switch
    {
        DeviceAddress.Gpio => GpioPin.Open(_dev, pin, initial),
        DeviceAddress.Pwm => new PwmPin(_sys, pin, initial),
        DeviceAddress.Led => new LedPin(_sys, pin, initial),
        DeviceAddress.Key => KeyPin.Open(_dev, pin),
#if SYSTEM_DEVICE_GPIO
        DeviceAddress.SystemGpio => SystemGpioPin.Open(pin, initial),
#else
        DeviceAddress.SystemGpio => throw new HardwareException("This program was built without System.Device.Gpio. Name the line as the kernel does: gpio:gpiochip0/17."),
#endif
        var other => throw new HardwareException($"{other} leads to no pin."),
    };

    /// <inheritdoc/>
    public ISensor Open(SensorSettings sensor)
    {
        var source = new SensorSource(sensor);
        return (sensor.At.Way, source.Parts.ElementAtOrDefault(1 + (sensor.At.Way == DeviceAddress.I2c ? 1 : 0))) switch
        {
            (DeviceAddress.OneWire, _) => new OneWireSensor(_sys, source),
            (DeviceAddress.Hwmon, _) => new HwmonSensor(_sys, source),
            (DeviceAddress.Iio, _) => new IioSensor(_sys, source),
            (DeviceAddress.I2c, "lm75") => new Lm75Sensor(_dev, source),
            (DeviceAddress.Spi, "mcp3008") => new Mcp3008Sensor(_dev, source),
            (DeviceAddress.Serial, _) => new SerialSensor(_dev, source),
            (DeviceAddress.I2c or DeviceAddress.Spi, var chip) => throw new HardwareException($"{chip} is no chip that is read here: lm75 on I2C, mcp3008 on SPI. Load the kernel's driver for it, and name it by hwmon or iio."),
            var (other, _) => throw new HardwareException($"{other} leads to no sensor."),
        };
    }

    /// <inheritdoc/>
    public IBus Open(BusSettings bus) => bus.At.Way switch
    {
        DeviceAddress.I2c => new I2cDevice(bus.At.Parts[0], bus.At.Parts[1], _dev),
        DeviceAddress.Spi => new SpiDevice(bus.At.Parts[0], folder: _dev),
        DeviceAddress.Serial => new SerialPort(_dev, bus.At.Parts),
        var other => throw new HardwareException($"{other} leads to no chip that takes bytes."),
    };

    /// <inheritdoc/>
    public byte[] Take(CameraSettings camera) => Camera.Take(Path.Combine(_dev, camera.At.Parts[0]), camera.Size.Width, camera.Size.Height);
}
