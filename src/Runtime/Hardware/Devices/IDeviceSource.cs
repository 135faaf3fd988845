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

    /// <summary>Opens a chip or a port.</summary>
    /// <exception cref="HardwareException">It is not there, or may not be used.</exception>
    IBus Open(BusSettings bus);

    /// <summary>Takes a picture, which may take some seconds: a whole JPEG file.</summary>
    /// <exception cref="HardwareException">There is no camera, it is in use, or it gives no picture.</exception>
    byte[] Take(CameraSettings camera);
}
