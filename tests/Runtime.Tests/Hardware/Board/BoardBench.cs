using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;
using Runtime.Hardware.Simulation;
using TestKit;

namespace Runtime.Tests.Hardware.Board;

/// <summary>A board over simulated devices, and what happened at it.</summary>
internal sealed class BoardBench : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<HardwareEvent> _events = [];

    public BoardBench(params PinSettings[] pins) : this(new HardwareSettings { Pins = pins, Sensors = [Sensor("kitchen"), Sensor("attic") with { Who = ["anna"], About = "under the roof" }] }) { }

    public BoardBench(HardwareSettings settings)
    {
        Board = new HardwareBoard(Devices, Time);
        Board.Happened += happened => { lock (_lock) _events.Add(happened); };
        Board.Set(settings);
    }

    public ManualTime Time { get; } = new();

    public SimulatedDevices Devices { get; } = new();

    public HardwareBoard Board { get; }

    public IReadOnlyList<string> Events
    {
        get { lock (_lock) return [.. _events.Select(e => $"{e.Kind} {e.Name} {e.Value}".TrimEnd())]; }
    }

    public static PinSettings Lamp(string name = "lamp") => new(name, At("gpio:gpiochip0/17")) { IsOutput = true, Allow = PinUse.Read | PinUse.Set };

    public static PinSettings Button(string name = "door") => new(name, At("gpio:gpiochip0/4")) { Allow = PinUse.Read | PinUse.Trigger };

    public static SensorSettings Sensor(string name) => new(name, DeviceAddress.Read("w1:28-0000", DeviceKind.Sensor, out _)!) { Allow = PinUse.Read | PinUse.Trigger };

    public static BusSettings Bus(string name, string at) => new(name, DeviceAddress.Read(at, DeviceKind.Bus, out _)!) { Allow = PinUse.Read | PinUse.Set };

    public static CameraSettings Camera(string name) => new(name, DeviceAddress.Read("video:video0", DeviceKind.Camera, out _)!);

    public static DeviceAddress At(string text) => DeviceAddress.Read(text, DeviceKind.Pin, out _)!;

    public void Dispose() => Board.Dispose();
}
