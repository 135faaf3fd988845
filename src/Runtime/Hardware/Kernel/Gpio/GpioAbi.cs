using System.Text;

namespace Runtime.Hardware.Kernel.Gpio;

/// <summary>
/// The structures of the kernel's GPIO character device, version 2 (linux/gpio.h; since Linux 5.10), as bytes in the order of this machine.
/// Pure.
/// </summary>
internal static class GpioAbi
{
    public const uint ChipInfo = 0x8044B401, LineInfo = 0xC100B405, LineRequest = 0xC250B407, SetConfig = 0xC110B40D, GetValues = 0xC010B40E, SetValues = 0xC010B40F;
    public const int ChipInfoSize = 68, LineInfoSize = 256, LineRequestSize = 592, ConfigSize = 272, ValuesSize = 16, EventSize = 48;

    public const ulong Used = 1, ActiveLow = 1 << 1, Input = 1 << 2, Output = 1 << 3, Rising = 1 << 4, Falling = 1 << 5, PullUp = 1 << 8, PullDown = 1 << 9, NoBias = 1 << 10;

    private const int NameSize = 32, ConfigAt = 288, CountAt = 560, FileAt = 588;
    private const uint ValuesAttribute = 2, DebounceAttribute = 3, RisingEdge = 1;

    /// <summary>struct gpio_v2_line_config of one line.</summary>
    /// <param name="flags">Flags from above.</param>
    /// <param name="value">What an output is at from the first moment; null for nothing said.</param>
    /// <param name="debounce">How long an input must be still.</param>
    public static byte[] Config(ulong flags, bool? value, TimeSpan debounce)
    {
        var config = new byte[ConfigSize];
        BitConverter.TryWriteBytes(config, flags);
        var count = 0u;
        if (value is { } level) Attribute(config, count++, ValuesAttribute, level ? 1UL : 0);
        if (debounce > TimeSpan.Zero) Attribute(config, count++, DebounceAttribute, (ulong)debounce.TotalMicroseconds);
        BitConverter.TryWriteBytes(config.AsSpan(8), count);
        return config;
    }

    /// <summary>struct gpio_v2_line_request of one line.</summary>
    public static byte[] Request(uint line, string consumer, ReadOnlySpan<byte> config)
    {
        var request = new byte[LineRequestSize];
        BitConverter.TryWriteBytes(request, line);
        Encoding.ASCII.GetBytes(consumer.AsSpan(0, Math.Min(consumer.Length, NameSize - 1)), request.AsSpan(256));
        config.CopyTo(request.AsSpan(ConfigAt));
        BitConverter.TryWriteBytes(request.AsSpan(CountAt), 1u);
        return request;
    }

    /// <summary>The file of the line in a request that the kernel filled.</summary>
    public static int FileOf(ReadOnlySpan<byte> request) => BitConverter.ToInt32(request[FileAt..]);

    /// <summary>struct gpio_v2_line_values for one line.</summary>
    public static byte[] Values(bool value)
    {
        var values = new byte[ValuesSize];
        BitConverter.TryWriteBytes(values, value ? 1UL : 0);
        BitConverter.TryWriteBytes(values.AsSpan(8), 1UL);
        return values;
    }

    /// <summary>True where the line is at 1.</summary>
    public static bool ValueOf(ReadOnlySpan<byte> values) => (BitConverter.ToUInt64(values) & 1) == 1;

    /// <summary>struct gpiochip_info: its name, its label, how many lines it has.</summary>
    public static (string Name, string Label, uint Lines) Chip(ReadOnlySpan<byte> info) => (Text(info), Text(info[NameSize..]), BitConverter.ToUInt32(info[(2 * NameSize)..]));

    /// <summary>struct gpio_v2_line_info: its name, who uses it, its flags.</summary>
    public static (string Name, string Consumer, ulong Flags) Line(ReadOnlySpan<byte> info) => (Text(info), Text(info[NameSize..]), BitConverter.ToUInt64(info[72..]));

    /// <summary>What to ask of a line: struct gpio_v2_line_info with its offset.</summary>
    public static byte[] Ask(uint line)
    {
        var info = new byte[LineInfoSize];
        BitConverter.TryWriteBytes(info.AsSpan(64), line);
        return info;
    }

    /// <summary>struct gpio_v2_line_event: true where the line went active.</summary>
    public static bool IsRising(ReadOnlySpan<byte> happened) => BitConverter.ToUInt32(happened[8..]) == RisingEdge;

    private static void Attribute(Span<byte> config, uint index, uint id, ulong value)
    {
        var at = config[(32 + ((int)index * 24))..];
        BitConverter.TryWriteBytes(at, id);
        // A union: 64 bits of flags or values, or 32 of microseconds.
        if (id == DebounceAttribute) BitConverter.TryWriteBytes(at[8..], (uint)value);
        else BitConverter.TryWriteBytes(at[8..], value);
        BitConverter.TryWriteBytes(at[16..], 1UL);
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..NameSize];
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
