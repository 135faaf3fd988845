using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Buses;

/// <summary>A chip on an SPI bus (spidev, linux/spi/spidev.h), in mode 0 and bytes of 8 bits. Not safe for several threads.</summary>
public sealed class SpiDevice : IBus
{
    // SPI_IOC_MESSAGE(1).
    private const uint Message = 0x40206B00;

    private readonly DeviceFile _file;
    private readonly uint _speed;

    /// <summary>Opens it.</summary>
    /// <param name="name">Bus and chip select: 0.0 is /dev/spidev0.0.</param>
    /// <param name="speed">Hertz.</param>
    /// <param name="folder">Where devices are.</param>
    /// <exception cref="HardwareException">It is not there, or may not be used.</exception>
    public SpiDevice(string name, uint speed = 1_000_000, string folder = "/dev") => (_file, _speed) = (DeviceFile.Open(Path.Combine(folder, $"spidev{name}")), speed);

    /// <summary>Sends bytes, then zeros for what is read, and takes as many: SPI does both at once.</summary>
    /// <exception cref="HardwareException">The bus refuses.</exception>
    public unsafe byte[] Transfer(ReadOnlySpan<byte> write, int read)
    {
        var (sent, taken) = (new byte[write.Length + read], new byte[write.Length + read]);
        write.CopyTo(sent);
        fixed (byte* from = sent, to = taken)
        {
            _file.Control(Message, Call((long)(nint)from, (long)(nint)to, (uint)sent.Length, _speed), "used to talk to the chip");
        }
        return taken;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // struct spi_ioc_transfer: tx_buf, rx_buf, len, speed_hz, delay_usecs, bits_per_word, …
    internal static byte[] Call(long from, long to, uint length, uint speed)
    {
        var call = new byte[32];
        BitConverter.TryWriteBytes(call, from);
        BitConverter.TryWriteBytes(call.AsSpan(8), to);
        BitConverter.TryWriteBytes(call.AsSpan(16), length);
        BitConverter.TryWriteBytes(call.AsSpan(20), speed);
        call[26] = 8;
        return call;
    }
}
