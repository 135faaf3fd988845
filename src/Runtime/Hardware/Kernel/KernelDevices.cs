using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel;

/// <summary>What is wired to this machine, by what its kernel offers to programs. Safe for several threads.</summary>
/// <param name="root">Where <c>/sys</c> and <c>/dev</c> are; tests give a tree of their own.</param>
public sealed class KernelDevices(string root = "/") : IDeviceSource
{
    /// <inheritdoc/>
    public IPin Open(PinSettings pin, int? initial) => throw new HardwareException($"{pin.At.Way} pins are not supported yet below {root}.");

    /// <inheritdoc/>
    public ISensor Open(SensorSettings sensor) => throw new HardwareException($"{sensor.At.Way} sensors are not supported yet below {root}.");
}
