using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Board;

/// <summary>
/// A chip on I2C or SPI, or a serial port, that has a name. <see cref="PinUse.Read"/> takes bytes from it and writes none but a register's
/// number; <see cref="PinUse.Set"/> writes to it whatever is asked for. Immutable.
/// </summary>
/// <param name="Name">As people and models call it.</param>
/// <param name="At">Where it is.</param>
public sealed record BusSettings(string Name, DeviceAddress At) : DeviceSettings(Name, At)
{
    /// <summary>Most bytes that are written, or read, at once.</summary>
    public const int Longest = 1024;

    /// <summary>How many bytes a chip's registers have their numbers in: so many, and no more, may come before what is read. 0 where it has none.</summary>
    public int RegisterBytes { get; init; }

    /// <summary>What ends a text that is written to a serial port.</summary>
    public string End { get; init; } = "\n";

    /// <summary>True for a serial port, which speaks when it wants to, and mostly text.</summary>
    public bool IsSerial => At.Way == DeviceAddress.Serial;
}
