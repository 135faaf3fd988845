using System.Globalization;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Buses;

/// <summary>A chip on an I2C bus (i2c-dev, linux/i2c-dev.h). Not safe for several threads.</summary>
public sealed class I2cDevice : IBus
{
    private const uint Slave = 0x0703, Functions = 0x0705, Combined = 0x0707, Smbus = 0x0720;
    private const byte SmbusWrite = 0, SmbusRead = 1;
    private const uint ByteSize = 1, ByteDataSize = 2, WordSize = 3, BlockSize = 8;
    private const ushort Reads = 1;

    // SMBus's longest block (linux/i2c.h).
    private const int LongestBlock = 32;

    private readonly DeviceFile _file;
    private readonly ushort _address;
    private readonly bool _isSmbus;

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
            var functions = new byte[8];
            _file.Control(Functions, functions, "asked what it can");
            // I2C_FUNC_I2C: what lacks it, such as the bus of many a PC's board, speaks SMBus alone.
            _isSmbus = (functions[0] & 1) == 0;
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Two bytes of a register, the first the more significant.</summary>
    /// <exception cref="HardwareException">The chip does not answer.</exception>
    public ushort ReadWord(byte register)
    {
        // SMBus gives them with the less significant byte first.
        Span<byte> data = stackalloc byte[34];
        Call(SmbusRead, register, WordSize, data);
        return (ushort)(data[0] << 8 | data[1]);
    }

    /// <inheritdoc/>
    public byte[] Transfer(ReadOnlySpan<byte> write, int read)
    {
        var answer = new byte[read];
        if (_isSmbus) TransferBySmbus(write, answer);
        else Transfer(write, answer);
        return answer;
    }

    private unsafe void Transfer(ReadOnlySpan<byte> write, Span<byte> read)
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

    // Of what can be written and read SMBus knows: a byte, and a register with up to 32 of its bytes.
    private void TransferBySmbus(ReadOnlySpan<byte> write, Span<byte> read)
    {
        Span<byte> data = stackalloc byte[34];
        data.Clear();
        switch (write.Length, read.Length)
        {
            case (0, 1):
                Call(SmbusRead, 0, ByteSize, data);
                read[0] = data[0];
                break;
            case (1, 1):
                Call(SmbusRead, write[0], ByteDataSize, data);
                read[0] = data[0];
                break;
            case (1, > 1 and <= LongestBlock):
                data[0] = (byte)read.Length;
                Call(SmbusRead, write[0], BlockSize, data);
                data.Slice(1, read.Length).CopyTo(read);
                break;
            case (1, 0):
                Call(SmbusWrite, write[0], ByteSize, data);
                break;
            case (2, 0):
                data[0] = write[1];
                Call(SmbusWrite, write[0], ByteDataSize, data);
                break;
            case (_, 0) when write.Length is > 2 and <= LongestBlock + 1:
                data[0] = (byte)(write.Length - 1);
                write[1..].CopyTo(data[1..]);
                Call(SmbusWrite, write[0], BlockSize, data);
                break;
            default:
                throw new HardwareException($"{_file.Path} speaks SMBus alone: a byte, or a register of one byte and up to {LongestBlock} bytes that are read from it or written to it, and not {write.Length} bytes written and {read.Length} read.");
        }
    }

    // struct i2c_smbus_ioctl_data: direction, register, size, pointer to the data.
    private unsafe void Call(byte direction, byte register, uint size, Span<byte> data)
    {
        fixed (byte* at = data)
        {
            Span<byte> call = stackalloc byte[16];
            call.Clear();
            (call[0], call[1]) = (direction, register);
            BitConverter.TryWriteBytes(call[4..], size);
            BitConverter.TryWriteBytes(call[8..], (long)(nint)at);
            _file.Control(Smbus, call, $"asked for register 0x{register:x2} of 0x{_address:x2}");
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
