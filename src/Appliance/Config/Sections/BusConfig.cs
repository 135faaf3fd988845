using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;

namespace Appliance.Config.Sections;

/// <summary>An entry of <c>hardware.buses</c>: a chip on I2C or SPI, or a serial port, with a name. Immutable.</summary>
internal sealed record BusConfig(
    [property: Setting("Where it is: i2c:1/0x3c, spi:0.0 or serial:ttyUSB0/9600.")]
    string At,
    [property: Setting("What it may be used for: read, set (bytes are written); read alone by default.")]
    IReadOnlyList<PinUse>? Allow = null,
    [property: Setting("People beside the owner who may, by their ids; * is everybody. The owner alone by default.")]
    IReadOnlyList<string>? Who = null,
    [property: Setting("Whether a person is asked each time before an agent writes to it.")]
    bool Ask = true,
    [property: Setting("What it is, for agents and people: display in the hall.")]
    string? About = null,
    [property: Setting("How many bytes a chip's registers have their numbers in: those alone may be written where it may only be read. 0 where it has none.", Least = 0, Most = 4)]
    int Registers = 0,
    [property: Setting("What ends a text that is written to a serial port: \\n, \\r or \\r\\n; a line feed by default.")]
    string? End = null)
{
    /// <summary>What is wrong with it, setting by setting.</summary>
    public IEnumerable<(string Setting, string Fault)> Faults()
    {
        var at = DeviceAddress.Read(At, DeviceKind.Bus, out var fault);
        if (at is null) yield return ("at", fault!);
        if (Uses.HasFlag(PinUse.Trigger)) yield return ("allow", "has trigger, and bytes begin nothing");
        if (Registers > 0 && at?.Way == DeviceAddress.Serial) yield return ("registers", "is for chips, and a serial port has none");
        if (End is not (null or "" or "\n" or "\r" or "\r\n")) yield return ("end", "is none of \\n, \\r, \\r\\n and nothing");
        if (End is not null && at is { Way: not DeviceAddress.Serial }) yield return ("end", "is for serial ports");
    }

    /// <summary>As the agent's room takes it.</summary>
    public BusSettings ToSettings(string name) => new(name, DeviceAddress.Read(At, DeviceKind.Bus, out _)!)
    {
        Allow = Uses,
        Who = Who ?? [],
        Asks = Ask,
        About = About,
        RegisterBytes = Registers,
        End = End ?? "\n",
    };

    private PinUse Uses => (Allow ?? [PinUse.Read]).Aggregate(PinUse.None, (all, use) => all | use);
}
