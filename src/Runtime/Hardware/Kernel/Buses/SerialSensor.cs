using System.Globalization;
using System.Text;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Buses;

/// <summary>Somebody who writes numbers to a serial port, line by line: the last number of the next whole line counts.</summary>
internal sealed class SerialSensor(string folder, SensorSource source) : ISensor
{
    private const int LongestLine = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SerialPort _port = new(folder, source.Parts);

    public Measurement Read()
    {
        // What waited is old, and where it begins nobody knows: the first line after that counts.
        _port.Forget();
        var (line, isWhole) = (new StringBuilder(), false);
        var buffer = new byte[64];
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (_port.Wait(TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64))))
        {
            var count = _port.Read(buffer);
            if (count == 0) break;
            foreach (var c in buffer.AsSpan(0, count))
            {
                if (c is (byte)'\n' or (byte)'\r')
                {
                    if (isWhole && LastNumber(line.ToString()) is { } number) return source.Scaled(number, "");
                    isWhole = true;
                    line.Clear();
                }
                else if (line.Length < LongestLine) line.Append((char)c);
            }
        }
        throw new HardwareException($"{_port.Path} wrote no line with a number within {Patience.TotalSeconds:0} s.");
    }

    public void Dispose() => _port.Dispose();

    /// <summary>The last number in a line, or null.</summary>
    internal static double? LastNumber(string line)
    {
        var end = line.Length;
        while (end > 0 && !char.IsAsciiDigit(line[end - 1])) end--;
        var begin = end;
        while (begin > 0 && (char.IsAsciiDigit(line[begin - 1]) || line[begin - 1] == '.')) begin--;
        if (begin > 0 && line[begin - 1] == '-') begin--;
        return double.TryParse(line.AsSpan(begin, end - begin), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }
}
