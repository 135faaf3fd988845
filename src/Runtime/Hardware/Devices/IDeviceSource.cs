using Runtime.Hardware.Board;

namespace Runtime.Hardware.Devices;

/// <summary>Opens what is wired to this machine, or stands in for it. Safe for several threads.</summary>
public interface IDeviceSource
{
    /// <summary>Opens a pin; one that is set takes its first value with it, so that it is never at anything else meanwhile.</summary>
    /// <param name="pin">What it is.</param>
    /// <param name="initial">Percent, or null to leave it as it is.</param>
    /// <exception cref="HardwareException">It is not there, is in use, or may not be used.</exception>
    IPin Open(PinSettings pin, int? initial);

    /// <summary>Opens a sensor.</summary>
    /// <exception cref="HardwareException">It is not there, or may not be used.</exception>
    ISensor Open(SensorSettings sensor);
}
