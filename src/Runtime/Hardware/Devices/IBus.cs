namespace Runtime.Hardware.Devices;

/// <summary>A chip on I2C or SPI, or a serial port: bytes go there and come back. Not safe for several threads.</summary>
public interface IBus : IDisposable
{
    /// <summary>
    /// Writes, then reads; either may be nothing. I2C does not let go of the bus between the two; SPI gives a byte for each that is written
    /// too, before the others; a serial port forgets what waited, where it writes and reads, and gives what comes within a while.
    /// </summary>
    /// <param name="write">What to write.</param>
    /// <param name="read">How many bytes to read; a serial port may give fewer.</param>
    /// <exception cref="HardwareException">It does not answer, or cannot do that.</exception>
    byte[] Transfer(ReadOnlySpan<byte> write, int read);
}
