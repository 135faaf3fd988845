using System.Globalization;

namespace Runtime.Hardware.Kernel.Buses;

/// <summary>A chip on an I2C bus (i2c-dev, linux/i2c-dev.h). Not safe for several threads.</summary>
public sealed class I2cDevice : IDisposable
{
    private const uint Slave = 0x0703, Combined = 0x0707, Smbus = 0x0720;
    private const byte SmbusRead = 1, WordSize = 3;
    private const ushort Reads = 1;

    private readonly DeviceFile _file;
    private readonly ushort _address;

    /// <summary>Opens it.</summary>
    /// <param name="bus">The bus's number: 1 is /dev/i2c-1.</param>
    /// <param name="address">7 bits, as 0x48 or 72.</param>
    /// <param name="folder">Where devices are.</param>
    /// <exception cref="HardwareException">There is no such bus, no such address, or a driver has the chip.</exception>
    public I2cDevice(string bus, string address, string folder = "/dev")
    {
        _address = ReadAddress(address) ?? throw new HardwareException($"{address} is no address on I2C: 0x03 to 0x77.");
        _file = DeviceFile.Open(Path.Combine(folder, $"i2c-{bus}"));
        try
        {
            _file.Control(Slave, _address, $"used for {address} (a driver of the kernel may have the chip: look for it in hwmon and iio)");
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Two bytes of a register, the first the more significant.</summary>
    /// <exception cref="HardwareException">The chip does not answer.</exception>
    public unsafe ushort ReadWord(byte register)
    {
        // struct i2c_smbus_ioctl_data: direction, register, size, pointer to the data, which SMBus gives with the less significant byte first.
        var data = stackalloc byte[34];
        Span<byte> call = stackalloc byte[16];
        call.Clear();
        (call[0], call[1]) = (SmbusRead, register);
        BitConverter.TryWriteBytes(call[4..], (uint)WordSize);
        BitConverter.TryWriteBytes(call[8..], (long)(nint)data);
        _file.Control(Smbus, call, $"asked for register 0x{register:x2} of 0x{_address:x2}");
        return (ushort)(data[0] << 8 | data[1]);
    }

    /// <summary>Writes, then reads without letting go of the bus; either may be nothing.</summary>
    /// <exception cref="HardwareException">The chip does not answer, or the bus only speaks SMBus.</exception>
    public unsafe void Transfer(ReadOnlySpan<byte> write, Span<byte> read)
    {
        fixed (byte* from = write, to = read)
        {
            // struct i2c_msg: address, flags, length, pointer; struct i2c_rdwr_ioctl_data: pointer, count.
            Span<byte> messages = stackalloc byte[32];
            messages.Clear();
            var count = 0;
            if (write.Length > 0 || read.Length == 0) Message(messages[(16 * count++)..], 0, write.Length, from);
            if (read.Length > 0) Message(messages[(16 * count++)..], Reads, read.Length, to);
            Span<byte> call = stackalloc byte[16];
            call.Clear();
            fixed (byte* at = messages)
            {
                BitConverter.TryWriteBytes(call, (long)(nint)at);
                BitConverter.TryWriteBytes(call[8..], (uint)count);
                _file.Control(Combined, call, $"used to talk to 0x{_address:x2}");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    internal static ushort? ReadAddress(string text)
    {
        var isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var digits = isHex ? text[2..] : text;
        return ushort.TryParse(digits, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var address) && address is >= 0x03 and <= 0x77 ? address : null;
    }

    private unsafe void Message(Span<byte> message, ushort flags, int length, byte* data)
    {
        BitConverter.TryWriteBytes(message, _address);
        BitConverter.TryWriteBytes(message[2..], flags);
        BitConverter.TryWriteBytes(message[4..], (ushort)length);
        BitConverter.TryWriteBytes(message[8..], (long)(nint)data);
    }
}
