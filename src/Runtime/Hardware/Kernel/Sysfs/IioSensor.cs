using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Sysfs;

/// <summary>A channel of an IIO device (Documentation/ABI/testing/sysfs-bus-iio): a converter, a barometer, a light sensor. The device by its name or as iio:device0.</summary>
internal sealed class IioSensor : ISensor
{
    private readonly string _channel;
    private readonly string _shared;
    private readonly SensorSource _source;

    /// <summary>Finds it.</summary>
    /// <exception cref="HardwareException">There is none of that name.</exception>
    public IioSensor(string sys, SensorSource source)
    {
        _source = source;
        var device = SysFile.Folders(Path.Combine(sys, "bus/iio/devices")).FirstOrDefault(folder => Path.GetFileName(folder) == source.Parts[0] || SysFile.Find(Path.Combine(folder, "name")) == source.Parts[0])
            ?? throw new HardwareException($"There is no IIO device {source.Parts[0]}; `appliance hardware list --found` shows what there is.");
        _channel = Path.Combine(device, $"in_{source.Parts[1]}");
        _shared = Path.Combine(device, $"in_{source.Parts[1].TrimEnd("0123456789".ToCharArray())}");
    }

    public Measurement Read()
    {
        var (scale, unit) = UnitOf(_source.Parts[1]);
        if (File.Exists(_channel + "_input")) return _source.Scaled(SysFile.Number(_channel + "_input") * scale, unit);
        // (raw + offset) * scale; a scale may be one for all channels of a kind.
        return _source.Scaled((SysFile.Number(_channel + "_raw") + Shared("_offset", 0)) * Shared("_scale", 1) * scale, unit);
    }

    public void Dispose() { }

    /// <summary>What a channel's number is multiplied by, and its unit.</summary>
    internal static (double Scale, string Unit) UnitOf(string channel) => channel.TrimEnd("0123456789".ToCharArray()) switch
    {
        "temp" => (1e-3, "°C"),
        "humidityrelative" => (1e-3, "%"),
        "pressure" => (10, "hPa"),
        "voltage" => (1e-3, "V"),
        "current" => (1e-3, "A"),
        "illuminance" => (1, "lx"),
        "concentration_co2" => (1e4, "ppm"),
        _ => (1, ""),
    };

    private double Shared(string what, double standard) =>
        File.Exists(_channel + what) ? SysFile.Number(_channel + what) : File.Exists(_shared + what) ? SysFile.Number(_shared + what) : standard;
}
