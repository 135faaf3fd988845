using System.Globalization;

namespace Runtime.Hardware.Power;

/// <summary>
/// Reads <see cref="PowerReading"/> from sysfs: thermal zones, or the processor's sensors (hwmon) where there are none; a Raspberry Pi's
/// throttling flags and its under-voltage alarm; cpufreq; power supplies (Documentation/ABI/testing/sysfs-class-power).
/// </summary>
public static class PowerSensors
{
    // hwmon's names of processors' own sensors: those of disks and cards have limits of their own.
    private static readonly string[] Processors = ["coretemp", "k10temp", "zenpower", "cpu_thermal", "soc_thermal", "scpi_sensors"];

    /// <summary>Reads it below a root, by default the machine's own.</summary>
    public static PowerReading Read(string root = "/")
    {
        var sys = Path.Combine(root, "sys");
        var (frequency, most) = Frequency(sys);
        var (percent, isOnBattery) = Battery(sys);
        var flags = Path.Combine(sys, "devices/platform/soc/soc:firmware/get_throttled");
        return new PowerReading(Hottest(sys), Throttle(sys, flags), frequency, most, percent, isOnBattery) { HasFlags = File.Exists(flags) };
    }

    private static long? Hottest(string sys)
    {
        var zones = Folders(sys, "class/thermal", "thermal_zone*").Select(zone => Celsius(Path.Combine(zone, "temp"))).OfType<long>().ToList();
        if (zones.Count > 0) return zones.Max();
        return Folders(sys, "class/hwmon", "hwmon*").Where(sensor => Processors.Contains(Text(Path.Combine(sensor, "name"))))
            .SelectMany(sensor => Directory.EnumerateFiles(sensor, "temp*_input")).Select(Celsius).Max();
    }

    // Sensors that are not connected say 0 or thousands of degrees.
    private static long? Celsius(string file) => Number(file) is > 1_000 and < 150_000 and var value ? value : null;

    private static ThrottleFlags Throttle(string sys, string flags)
    {
        var throttle = ThrottleFlags.None;
        // Hexadecimal; the bits above the lowest four say what has been since the last boot.
        if (Text(flags) is { } text && long.TryParse(text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits))
            throttle = (ThrottleFlags)(bits & 0xF);
        var isLow = Folders(sys, "class/hwmon", "hwmon*").SelectMany(sensor => Directory.EnumerateFiles(sensor, "in*_lcrit_alarm")).Any(alarm => Number(alarm) == 1);
        return isLow ? throttle | ThrottleFlags.UnderVoltage : throttle;
    }

    private static (long? Now, long? Most) Frequency(string sys)
    {
        var groups = Folders(sys, "devices/system/cpu/cpufreq", "policy*").Select(policy => (Now: Number(Path.Combine(policy, "scaling_cur_freq")), Most: Number(Path.Combine(policy, "cpuinfo_max_freq"))))
            .Where(group => group is { Now: > 0, Most: > 0 }).ToList();
        return groups.Count == 0 ? (null, null) : groups.MinBy(group => group.Now!.Value / (double)group.Most!.Value);
    }

    private static (int? Percent, bool IsAlone) Battery(string sys)
    {
        int? least = null;
        var (isMains, isDischarging) = (false, false);
        foreach (var supply in Folders(sys, "class/power_supply", "*"))
        {
            // A mouse's or a phone's battery does not feed the machine.
            if (Text(Path.Combine(supply, "scope")) == "Device") continue;
            if (Text(Path.Combine(supply, "type")) is not "Battery") isMains |= Number(Path.Combine(supply, "online")) == 1;
            else if (Number(Path.Combine(supply, "present")) != 0 && Number(Path.Combine(supply, "capacity")) is >= 0 and <= 100 and var percent)
            {
                least = Math.Min(least ?? 100, (int)percent);
                isDischarging |= Text(Path.Combine(supply, "status")) == "Discharging";
            }
        }
        return (least, isDischarging && !isMains);
    }

    private static IEnumerable<string> Folders(string sys, string folder, string pattern)
    {
        folder = Path.Combine(sys, folder);
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, pattern) : [];
    }

    private static long? Number(string file) => long.TryParse(Text(file), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string? Text(string file)
    {
        // A sensor that is there and cannot be read just now says so by an error.
        try { return File.Exists(file) ? File.ReadAllText(file).Trim() : null; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }
}
