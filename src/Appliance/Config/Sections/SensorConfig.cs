using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;

namespace Appliance.Config.Sections;

/// <summary>An entry of <c>hardware.sensors</c>: a sensor with a name. Immutable.</summary>
internal sealed record SensorConfig(
    [property: Setting("Where it is: w1:28-0316a279c3ff, hwmon:lm75/temp1, iio:bme280/temp, i2c:1/0x48/lm75, spi:0.0/mcp3008/3 or serial:ttyUSB0/9600.")]
    string At,
    [property: Setting("What it may be used for: read, trigger; read alone by default.")]
    IReadOnlyList<PinUse>? Allow = null,
    [property: Setting("People beside the owner who may read it, by their ids; * is everybody. The owner alone by default.")]
    IReadOnlyList<string>? Who = null,
    [property: Setting("What it is, for agents and people: on the balcony.")]
    string? About = null,
    [property: Setting("Its unit, where the device does not say.")]
    string? Unit = null,
    [property: Setting("What the device's number is multiplied by.")]
    double Scale = 1)
{
    /// <summary>What is wrong with it, setting by setting.</summary>
    public IEnumerable<(string Setting, string Fault)> Faults()
    {
        if (DeviceAddress.Read(At, DeviceKind.Sensor, out var fault) is null) yield return ("at", fault!);
        if (Uses.HasFlag(PinUse.Set)) yield return ("allow", "has set, and a sensor is only read");
    }

    /// <summary>As the agent's room takes it.</summary>
    public SensorSettings ToSettings(string name) => new(name, DeviceAddress.Read(At, DeviceKind.Sensor, out _)!)
    {
        Allow = Uses,
        Who = Who ?? [],
        About = About,
        Unit = Unit,
        Scale = Scale,
    };

    private PinUse Uses => (Allow ?? [PinUse.Read]).Aggregate(PinUse.None, (all, use) => all | use);
}
