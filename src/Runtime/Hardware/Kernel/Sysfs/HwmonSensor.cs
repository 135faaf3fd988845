using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Sysfs;

/// <summary>A channel of a hwmon chip (Documentation/hwmon/sysfs-interface): the chip by its name, or <c>name@device</c> where there are several of one name.</summary>
internal sealed class HwmonSensor : ISensor
{
    private readonly string _path;
    private readonly SensorSource _source;

    /// <summary>Finds it.</summary>
    /// <exception cref="HardwareException">There is none of that name, or several.</exception>
    public HwmonSensor(string sys, SensorSource source)
    {
        _source = source;
        var chips = SysFile.Folders(Path.Combine(sys, "class/hwmon")).Where(folder => Names(folder).Contains(source.Parts[0])).ToList();
        if (chips.Count > 1) throw new HardwareException($"There are {chips.Count} chips {source.Parts[0]}: {string.Join(", ", chips.Select(folder => Names(folder)[^1]))}. Name one of these.");
        _path = Path.Combine(chips.FirstOrDefault() ?? throw new HardwareException($"There is no hwmon chip {source.Parts[0]}; `appliance hardware list --found` shows what there is."), source.Parts[1] + "_input");
    }

    public Measurement Read()
    {
        var (scale, unit) = UnitOf(_source.Parts[1]);
        return _source.Scaled(SysFile.Number(_path) * scale, unit);
    }

    public void Dispose() { }

    /// <summary>Its name, and its name with the device it is.</summary>
    internal static IReadOnlyList<string> Names(string folder)
    {
        if (SysFile.Find(Path.Combine(folder, "name")) is not { } name) return [];
        var device = Path.GetFileName(new DirectoryInfo(Path.Combine(folder, "device")).LinkTarget);
        return device is null ? [name] : [name, $"{name}@{device}"];
    }

    /// <summary>What a channel's number is multiplied by, and its unit.</summary>
    internal static (double Scale, string Unit) UnitOf(string channel) => channel.TrimEnd("0123456789".ToCharArray()) switch
    {
        "temp" => (1e-3, "°C"),
        "in" => (1e-3, "V"),
        "curr" => (1e-3, "A"),
        "power" => (1e-6, "W"),
        "energy" => (1e-6, "J"),
        "humidity" => (1e-3, "%"),
        "fan" => (1, "rpm"),
        _ => (1, ""),
    };
}
