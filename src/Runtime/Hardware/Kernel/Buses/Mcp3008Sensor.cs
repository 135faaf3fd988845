using System.Globalization;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Buses;

/// <summary>A channel of an MCP3008 (or the first four of an MCP3004): ten bits, 0 to 1023. Scale and unit are its owner's.</summary>
internal sealed class Mcp3008Sensor : ISensor
{
    private readonly SpiDevice _chip;
    private readonly SensorSource _source;
    private readonly int _channel;

    /// <summary>Opens it.</summary>
    /// <exception cref="HardwareException">It has no such channel, or is not there.</exception>
    public Mcp3008Sensor(string folder, SensorSource source)
    {
        if (!int.TryParse(source.Parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out _channel) || _channel > 7) throw new HardwareException("An MCP3008 has the channels 0 to 7.");
        (_chip, _source) = (new SpiDevice(source.Parts[0], folder: folder), source);
    }

    public Measurement Read() => _source.Scaled(Parse(_chip.Transfer(Ask(_channel), 0)), "");

    public void Dispose() => _chip.Dispose();

    // A start bit; single-ended and the channel; what comes back holds ten bits at the end (data sheet, figure 6-1).
    internal static byte[] Ask(int channel) => [1, (byte)(0x80 | channel << 4), 0];

    internal static int Parse(ReadOnlySpan<byte> answer) => (answer[1] & 3) << 8 | answer[2];
}
