using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Board;

// Chips and ports that take bytes, and cameras.
public sealed partial class HardwareBoard
{
    private readonly Lock _taking = new();

    /// <summary>The chips and ports that somebody may use.</summary>
    /// <param name="person">Who asks; null for the owner.</param>
    public IReadOnlyList<BusSettings> Buses(string? person) => [.. _buses.Select(bus => bus.Settings).Where(bus => IsSeen(bus, person))];

    /// <summary>Reads bytes: a chip's from a register, where it has some; a serial port's that came, or come within a while.</summary>
    /// <param name="name">The chip or port.</param>
    /// <param name="register">The register's number, first byte first; empty for none.</param>
    /// <param name="count">How many; null for one of a chip, and whatever a port has. A port may give fewer.</param>
    /// <param name="person">Who asks; null for the owner.</param>
    /// <exception cref="HardwareException">There is none of that name for this person, it has no such register, or does not answer.</exception>
    public BusAnswer ReadBus(string name, ReadOnlySpan<byte> register, int? count, string? person)
    {
        var bus = Bus(name, person, PinUse.Read);
        var settings = bus.Settings;
        // What comes before is written, and some chips take it for data: how much of it is a register's number is its owner's word.
        if (register.Length > 0 && register.Length != settings.RegisterBytes)
            throw new HardwareException(settings.RegisterBytes == 0 ? $"{settings.Name} is read without a register: its settings give it none." : $"A register of {settings.Name} has {settings.RegisterBytes} bytes in its number.");
        var wanted = Bounded(settings, count ?? (settings.IsSerial ? BusSettings.Longest : 1));
        var bytes = bus.Transfer(register, wanted);
        // SPI gives bytes for the register's number too.
        return new BusAnswer(settings, settings.At.Way == DeviceAddress.Spi ? bytes[register.Length..] : bytes);
    }

    /// <summary>Writes bytes, and reads what comes for them.</summary>
    /// <param name="name">The chip or port.</param>
    /// <param name="bytes">What to write.</param>
    /// <param name="count">How many to read then; SPI gives those too that come while it writes. Only where it may be read.</param>
    /// <param name="person">Who asks; null for the owner.</param>
    /// <exception cref="HardwareException">There is none of that name for this person, it may not be written to, or does not answer.</exception>
    public BusAnswer WriteBus(string name, ReadOnlySpan<byte> bytes, int count, string? person)
    {
        var bus = Bus(name, person, PinUse.Set);
        var settings = bus.Settings;
        var mayRead = settings.May(person, PinUse.Read);
        if (count > 0 && !mayRead) throw Refused(DeviceKind.Bus, settings, name, person, PinUse.Read);
        if (bytes.Length is 0 or > BusSettings.Longest) throw new HardwareException($"1 to {BusSettings.Longest} bytes are written at once, and these are {bytes.Length}.");
        var answer = bus.Transfer(bytes, Bounded(settings, count));
        Tell(new(HardwareEvent.Sent, settings.Name, bytes.Length == 1 ? "1 byte" : $"{bytes.Length} bytes") { Person = person });
        return new BusAnswer(settings, mayRead ? answer : []);
    }

    /// <summary>The chip or port of that name that somebody may use, or null.</summary>
    public BusSettings? FindBus(string name, string? person) => Buses(person).FirstOrDefault(bus => Is(bus.Name, name));

    /// <summary>The cameras that somebody may take pictures with.</summary>
    /// <param name="person">Who asks; null for the owner.</param>
    public IReadOnlyList<CameraSettings> Cameras(string? person) => [.. _cameras.Where(camera => IsSeen(camera, person))];

    /// <summary>The camera of that name that somebody may take pictures with; without a name the only one.</summary>
    /// <exception cref="HardwareException">There is none, or without a name more than one.</exception>
    public CameraSettings Camera(string? name, string? person)
    {
        var cameras = Cameras(person);
        if (string.IsNullOrEmpty(name) && cameras.Count > 1) throw new HardwareException($"Which camera? There are: {string.Join(", ", cameras.Select(camera => camera.Name))}.");
        return cameras.FirstOrDefault(camera => string.IsNullOrEmpty(name) || Is(camera.Name, name)) ?? throw Unknown(DeviceKind.Camera, name ?? "", person);
    }

    /// <summary>Takes a picture, one at a time: a whole JPEG file.</summary>
    /// <exception cref="HardwareException">There is no such camera for this person, or it gives no picture.</exception>
    public byte[] Take(string name, string? person)
    {
        var camera = Camera(name, person);
        byte[] picture;
        lock (_taking) picture = source.Take(camera);
        Tell(new(HardwareEvent.Picture, camera.Name, $"{picture.Length} bytes") { Person = person });
        return picture;
    }

    private BoardBus Bus(string name, string? person, PinUse use)
    {
        var bus = _buses.FirstOrDefault(b => Is(b.Settings.Name, name));
        return bus is not null && bus.Settings.May(person, use) ? bus : throw Refused(DeviceKind.Bus, bus?.Settings, name, person, use);
    }

    private static int Bounded(BusSettings settings, int count) =>
        count is >= 0 and <= BusSettings.Longest ? count : throw new HardwareException($"Up to {BusSettings.Longest} bytes of {settings.Name} are read at once, and {count} are none or too many.");
}
