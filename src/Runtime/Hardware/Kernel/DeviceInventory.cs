using Runtime.Hardware.Kernel.Gpio;
using Runtime.Hardware.Kernel.Sysfs;

namespace Runtime.Hardware.Kernel;

/// <summary>What there is at this machine: it is looked at, and nothing is taken or changed.</summary>
/// <param name="root">Where <c>/sys</c> and <c>/dev</c> are; tests give a tree of their own.</param>
public sealed class DeviceInventory(string root = "/")
{
    private readonly string _sys = Path.Combine(root, "sys"), _dev = Path.Combine(root, "dev");

    /// <summary>Everything, kind by kind.</summary>
    public IEnumerable<FoundDevice> Read() => [.. Lines(), .. Pwm(), .. Leds(), .. Keys(), .. OneWire(), .. Hwmon(), .. Iio(), .. Files("i2c-", "i2c:", "/…", "I2C bus"), .. Files("spidev", "spi:", "", "SPI chip"), .. Serial(), .. Files("video", "video:video", "", "camera or video device")];

    // All lines that have a name, and of the others how many there are.
    private IEnumerable<FoundDevice> Lines()
    {
        foreach (var name in GpioChip.Names(_dev))
        {
            var found = new List<FoundDevice>();
            try
            {
                using var chip = GpioChip.Open(_dev, name);
                found.Add(new($"gpio:{name}/0", $"{chip.Label}, lines 0 to {chip.Lines - 1}"));
                for (var i = 0u; i < chip.Lines; i++)
                {
                    var (line, consumer, flags) = chip.Line(i);
                    if (line.Length > 0) found.Add(new($"gpio:{name}/{i}", (flags & GpioAbi.Used) != 0 ? $"{line}, used by {consumer}" : line));
                }
            }
            catch (HardwareException e)
            {
                found.Add(new($"gpio:{name}/0", e.Message));
            }
            foreach (var device in found) yield return device;
        }
    }

    private IEnumerable<FoundDevice> Pwm() => SysFile.Folders(Path.Combine(_sys, "class/pwm")).Select(chip => new FoundDevice($"pwm:{Path.GetFileName(chip)}/0", $"{SysFile.Find(Path.Combine(chip, "npwm")) ?? "?"} channels"));

    private IEnumerable<FoundDevice> Leds() => SysFile.Folders(Path.Combine(_sys, "class/leds")).Select(led => new FoundDevice($"led:{Path.GetFileName(led)}", $"light, {SysFile.Find(Path.Combine(led, "max_brightness")) ?? "?"} steps"));

    private IEnumerable<FoundDevice> Keys() => SysFile.Folders(Path.Combine(_sys, "class/input")).Where(input => Path.GetFileName(input).StartsWith("event", StringComparison.Ordinal))
        .Select(input => new FoundDevice($"key:{Path.GetFileName(input)}/…", SysFile.Find(Path.Combine(input, "device/name")) ?? "input device"));

    private IEnumerable<FoundDevice> OneWire() => SysFile.Folders(Path.Combine(_sys, "bus/w1/devices")).Where(device => File.Exists(Path.Combine(device, "w1_slave"))).Select(device => new FoundDevice($"w1:{Path.GetFileName(device)}", "thermometer"));

    private IEnumerable<FoundDevice> Hwmon() => SysFile.Folders(Path.Combine(_sys, "class/hwmon")).SelectMany(chip => Channels(chip, "*_input", "").Select(channel =>
        new FoundDevice($"hwmon:{(HwmonSensor.Names(chip) is [var name, ..] ? name : Path.GetFileName(chip))}/{channel[..^"_input".Length]}", SysFile.Find(Path.Combine(chip, channel[..^"_input".Length] + "_label")) ?? HwmonSensor.UnitOf(channel[..^"_input".Length]).Unit)));

    private IEnumerable<FoundDevice> Iio() => SysFile.Folders(Path.Combine(_sys, "bus/iio/devices")).SelectMany(device => Channels(device, "in_*_raw", "in_").Concat(Channels(device, "in_*_input", "in_"))
        .Select(channel => channel[..channel.LastIndexOf('_')]).Distinct().Select(channel => new FoundDevice($"iio:{SysFile.Find(Path.Combine(device, "name")) ?? Path.GetFileName(device)}/{channel}", IioSensor.UnitOf(channel).Unit)));

    // Only what has hardware behind it: Linux makes dozens of ports that are none.
    private IEnumerable<FoundDevice> Serial() => SysFile.Folders(Path.Combine(_sys, "class/tty")).Where(port => Directory.Exists(Path.Combine(port, "device/driver")) && Path.GetFileName(port) is var name && !name.StartsWith("ttyS", StringComparison.Ordinal))
        .Select(port => new FoundDevice($"serial:{Path.GetFileName(port)}/9600", "serial port"));

    // A device's file is an address but for its beginning.
    private IEnumerable<FoundDevice> Files(string file, string way, string end, string what) => !Directory.Exists(_dev) ? [] :
        Directory.EnumerateFiles(_dev, $"{file}*").Order(StringComparer.Ordinal).Select(path => new FoundDevice($"{way}{Path.GetFileName(path)[file.Length..]}{end}", what));

    private static IEnumerable<string> Channels(string folder, string pattern, string prefix) =>
        Directory.EnumerateFiles(folder, pattern).Select(path => Path.GetFileName(path)[prefix.Length..]).Order(StringComparer.Ordinal);
}
