using FsCheck;
using FsCheck.Fluent;
using Runtime.Hardware;
using Runtime.Hardware.Board;

namespace Runtime.Tests.Hardware.Board;

public sealed class BoardBusTests
{
    private static BusSettings Chip(string name) => BoardBench.Bus(name, "i2c:1/0x3c") with { RegisterBytes = 1 };

    [Fact]
    public void WriteBus_OfAChipWithRegisters_IsReadBackAndTold()
    {
        using var bench = new BoardBench(new HardwareSettings { Buses = [Chip("display")] });

        bench.Board.WriteBus("Display", [0x10, 1, 2, 3], 0, null);

        Assert.Equal("0203", bench.Board.ReadBus("display", [0x11], 2, null).Text);
        Assert.Equal(["send display 4 bytes"], bench.Events);
    }

    [Fact]
    public void ReadBus_BeyondItsRegister_IsRefused()
    {
        using var bench = new BoardBench(new HardwareSettings { Buses = [Chip("display") with { Allow = PinUse.Read }, Chip("plain") with { Allow = PinUse.Read, RegisterBytes = 0 }] });

        Assert.Equal("00", bench.Board.ReadBus("plain", [], null, null).Text);
        Assert.Equal("00", bench.Board.ReadBus("display", [7], null, null).Text);
        // A byte more would be written into the register.
        Assert.Equal("A register of display has 1 bytes in its number.", Fault(() => bench.Board.ReadBus("display", [7, 1], 1, null)));
        Assert.Equal("plain is read without a register: its settings give it none.", Fault(() => bench.Board.ReadBus("plain", [7], 1, null)));
        Assert.Equal("display can only be read.", Fault(() => bench.Board.WriteBus("display", [7, 1], 0, null)));
        Assert.Equal(["refused display"], bench.Events);
    }

    [Fact]
    public void Bus_OfTooMuch_IsRefused()
    {
        using var bench = new BoardBench(new HardwareSettings { Buses = [Chip("display")] });

        Assert.Equal("1 to 1024 bytes are written at once, and these are 1025.", Fault(() => bench.Board.WriteBus("display", new byte[1025], 0, null)));
        Assert.Equal("1 to 1024 bytes are written at once, and these are 0.", Fault(() => bench.Board.WriteBus("display", [], 0, null)));
        Assert.Contains("1024 bytes of display are read at once", Fault(() => bench.Board.ReadBus("display", [0], 1025, null)), StringComparison.Ordinal);
        Assert.Equal(1024, bench.Board.ReadBus("display", [0], 1024, null).Bytes.Length);
    }

    [Fact]
    public void ReadBus_OnSpi_GivesWhatComesAfterTheRegister()
    {
        var adc = BoardBench.Bus("adc", "spi:0.0") with { RegisterBytes = 1 };
        using var bench = new BoardBench(new HardwareSettings { Buses = [adc] });
        bench.Devices.Simulate(adc, [0xEE, 0x01, 0x02]);

        Assert.Equal("0102", bench.Board.ReadBus("adc", [0x80], 2, null).Text);
        Assert.Equal("ee0102", bench.Board.WriteBus("adc", [1, 0x80, 0], 0, null).Text);
    }

    [Fact]
    public void Set_OfSettingsThatKeepABus_LeavesItOpen()
    {
        var port = BoardBench.Bus("modem", "serial:ttyUSB0/9600") with { Who = ["anna"] };
        using var bench = new BoardBench(new HardwareSettings { Buses = [port] });
        bench.Board.WriteBus("modem", "AT"u8, 0, null);

        bench.Board.Set(new HardwareSettings { Buses = [BoardBench.Bus("other", "spi:0.0"), port with { Who = ["anna"] }] });
        Assert.Equal("AT", bench.Board.ReadBus("modem", [], null, "anna").Text);

        bench.Board.Set(HardwareSettings.None);
        Assert.Equal("No bus is set up here.", Fault(() => bench.Board.ReadBus("modem", [], null, "anna")));
    }

    [Fact]
    public void Take_OfACamera_IsAPictureOfItsSize()
    {
        using var bench = new BoardBench(new HardwareSettings { Cameras = [BoardBench.Camera("door") with { Size = (640, 361) }, BoardBench.Camera("room") with { Who = ["anna"] }] });

        var picture = bench.Board.Take("door", null);

        Assert.Equal([0xFF, 0xD8], picture[..2]);
        Assert.Equal([0xFF, 0xD9], picture[^2..]);
        var frame = picture.AsSpan().IndexOf(new byte[] { 0xFF, 0xC0 });
        Assert.Equal((361, 640), ((picture[frame + 5] << 8) | picture[frame + 6], (picture[frame + 7] << 8) | picture[frame + 8]));
        Assert.Equal($"picture door {picture.Length} bytes", bench.Events[^1]);
        Assert.Equal("Which camera? There are: door, room.", Fault(() => bench.Board.Camera(null, null)));
        Assert.Equal("room", bench.Board.Camera(null, "anna").Name);
        Assert.Equal("There is no camera door. There are: room.", Fault(() => bench.Board.Take("door", "anna")));
        Assert.Equal("No camera is set up here.", Fault(() => bench.Board.Take("room", "bert")));
    }

    [Theory]
    [InlineData("1280x720", true)]
    [InlineData("8192x8192", true)]
    [InlineData("8193x10", false)]
    [InlineData("0x10", false)]
    [InlineData("1280", false)]
    [InlineData("1280x", false)]
    [InlineData("axb", false)]
    [InlineData("1x2x3", false)]
    public void TryParseSize_OfAText_IsTrueForASize(string text, bool isSize) => Assert.Equal(isSize, CameraSettings.TryParseSize(text, out _));

    // Whatever is asked in whatever order: nobody reads or writes what they may not, and nothing else is written.
    [Fact]
    public void Permissions_UnderAnyCalls_Hold() => Prop.ForAll(Calls().ToArbitrary(), calls =>
    {
        using var bench = new BoardBench(new HardwareSettings { Buses = [Chip("mine"), Chip("ours") with { Who = ["anna"] }, Chip("shown") with { Allow = PinUse.Read, Who = ["*"] }, Chip("told") with { Allow = PinUse.Set, Who = ["*"] }] });
        var written = new Dictionary<string, byte>();
        foreach (var (name, person, isWrite, value) in calls)
        {
            var isFor = name switch { "mine" => person is null, "ours" => person is null or "anna", "shown" => !isWrite, "told" => isWrite, _ => false };
            if (Succeeds(() => isWrite ? bench.Board.WriteBus(name, [5, value], 0, person) : bench.Board.ReadBus(name, [5], 1, person)) != isFor) return false;
            if (isWrite && isFor) written[name] = value;
            if (!isWrite && isFor && bench.Board.ReadBus(name, [5], 1, person).Bytes[0] != written.GetValueOrDefault(name)) return false;
        }
        return bench.Events.Count(e => e.StartsWith("send", StringComparison.Ordinal)) >= written.Count;
    }).QuickCheckThrowOnFailure();

    private static Gen<(string Name, string? Person, bool IsWrite, byte Value)[]> Calls() =>
        (from name in Gen.Elements("mine", "ours", "shown", "told", "other")
         from person in Gen.Elements<string?>(null, "anna", "bert")
         from isWrite in Gen.Elements(true, false)
         from value in Gen.Choose(0, 255)
         select (name, person, isWrite, (byte)value)).ArrayOf();

    private static string Fault(Func<object> action) => Assert.Throws<HardwareException>(() => { action(); }).Message;

    private static bool Succeeds(Func<object> action)
    {
        try
        {
            action();
            return true;
        }
        catch (HardwareException)
        {
            return false;
        }
    }
}
