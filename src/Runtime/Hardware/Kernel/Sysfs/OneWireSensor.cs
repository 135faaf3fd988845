using System.Globalization;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Sysfs;

/// <summary>A thermometer on 1-Wire (w1_therm): the kernel measures when its file is read, which takes up to a second.</summary>
internal sealed class OneWireSensor(string sys, SensorSource source) : ISensor
{
    public Measurement Read()
    {
        var path = Path.Combine(sys, "bus/w1/devices", source.Parts[0], "w1_slave");
        return source.Scaled(Parse(SysFile.Read(path)) ?? throw new HardwareException($"{path}: the checksum of what came was wrong, or nothing came. Look at the wire and its resistor."), "°C");
    }

    public void Dispose() { }

    /// <summary>Degrees out of the two lines of a w1_slave file; null where the kernel says the checksum was wrong, or there is no temperature.</summary>
    internal static double? Parse(string text)
    {
        var (crc, at) = (text.Split('\n')[0], text.LastIndexOf("t=", StringComparison.Ordinal));
        if (!crc.EndsWith("YES", StringComparison.Ordinal) || at < 0) return null;
        return int.TryParse(text.AsSpan(at + 2).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milli) ? milli / 1000.0 : null;
    }
}
