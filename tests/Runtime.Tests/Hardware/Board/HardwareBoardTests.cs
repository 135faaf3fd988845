using FsCheck;
using FsCheck.Fluent;
using Runtime.Hardware;
using Runtime.Hardware.Board;

namespace Runtime.Tests.Hardware.Board;

public sealed class HardwareBoardTests
{
    [Fact]
    public void SetPin_OfAnOutput_IsReadBackAndTold()
    {
        using var bench = new BoardBench(BoardBench.Lamp());

        Assert.Equal("on", bench.Board.SetPin("Lamp", 100, null).Text);

        Assert.Equal(100, bench.Board.ReadPin("lamp", null).Percent);
        Assert.Equal(["set lamp on"], bench.Events);
    }

    [Theory]
    [InlineData("kitchen light")]
    [InlineData(" Kitchen Light")]
    [InlineData("kitchen_light")]
    public void ReadPin_AskedInWords_IsTheOneOfThatName(string asked)
    {
        using var bench = new BoardBench(BoardBench.Lamp() with { Name = "kitchen-light" }, BoardBench.Button("kitchen"));

        Assert.Equal("kitchen-light", bench.Board.ReadPin(asked, null).Settings.Name);
    }

    [Fact]
    public void Pins_OfSomebodyWhoIsNotNamed_AreNone()
    {
        using var bench = new BoardBench(BoardBench.Lamp(), BoardBench.Button() with { Who = ["anna"] }, BoardBench.Button("bell") with { Who = ["*"] });

        Assert.Equal(["bell"], bench.Board.Pins("bert").Select(p => p.Settings.Name));
        Assert.Equal(["door", "bell"], bench.Board.Pins("anna").Select(p => p.Settings.Name));
        Assert.Equal("There is no pin lamp. There are: door, bell.", Assert.Throws<HardwareException>(() => bench.Board.SetPin("lamp", 100, "anna")).Message);
        Assert.Equal(0, bench.Board.ReadPin("lamp", null).Percent);
    }

    [Fact]
    public void SetPin_OfWhatMayOnlyBeRead_IsRefusedAndTold()
    {
        using var bench = new BoardBench(BoardBench.Lamp() with { Allow = PinUse.Read });

        Assert.Equal("lamp can only be read.", Assert.Throws<HardwareException>(() => bench.Board.SetPin("lamp", 100, null)).Message);
        Assert.Equal(["refused lamp"], bench.Events);
    }

    [Fact]
    public void SafeState_WhenTheBoardEnds_IsWhatThePinIsAt()
    {
        var heater = BoardBench.Lamp("heater") with { Safe = 0, Start = 100 };
        using var bench = new BoardBench(heater, BoardBench.Lamp());
        Assert.Equal(100, bench.Board.ReadPin("heater", null).Percent);
        bench.Board.SetPin("lamp", 100, null);

        bench.Board.Dispose();

        Assert.Equal(["start heater on", "set lamp on", "safe heater off"], bench.Events);
        Assert.Equal(0, bench.Devices.Open(heater, null).Read());
    }

    [Fact]
    public void Set_OfSettingsThatKeepAPin_LeavesItAsItIs()
    {
        var lamp = BoardBench.Lamp() with { Safe = 0, Who = ["anna"] };
        using var bench = new BoardBench(lamp);
        bench.Board.SetPin("lamp", 100, null);

        bench.Board.Set(new HardwareSettings { Pins = [BoardBench.Button(), lamp with { Who = ["anna"] }] });

        Assert.Equal(100, bench.Board.ReadPin("lamp", null).Percent);
        Assert.Equal(["start lamp off", "set lamp on"], bench.Events);

        bench.Board.Set(new HardwareSettings { Pins = [BoardBench.Button()] });
        Assert.Equal("safe lamp off", bench.Events[^1]);
    }

    [Fact]
    public void LongestOn_WhenItIsOver_SwitchesOff()
    {
        using var bench = new BoardBench(BoardBench.Lamp("buzzer") with { LongestOn = TimeSpan.FromSeconds(2) });
        bench.Board.SetPin("buzzer", 100, null);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        bench.Board.SetPin("buzzer", 100, null);
        bench.Time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(100, bench.Board.ReadPin("buzzer", null).Percent);

        bench.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, bench.Board.ReadPin("buzzer", null).Percent);
        Assert.Equal("safe buzzer off", bench.Events[^1]);
    }

    [Fact]
    public void Changes_OfAnInputThatMayTrigger_AreTold()
    {
        using var bench = new BoardBench(BoardBench.Button(), BoardBench.Button("quiet") with { Allow = PinUse.Read });

        bench.Devices.Simulate(pin: true, "door", 100);
        bench.Devices.Simulate(pin: true, "door", 100);
        bench.Devices.Simulate(pin: true, "quiet", 100);
        bench.Devices.Simulate(pin: true, "door", 0);

        Assert.Equal(["edge door on", "edge door off"], bench.Events);
        Assert.Equal(100, bench.Board.ReadPin("quiet", null).Percent);
    }

    // Whatever is asked in whatever order: nobody sets or reads what they may not, and safe pins end safe.
    [Fact]
    public void Permissions_UnderAnyCalls_Hold() => Prop.ForAll(Calls().ToArbitrary(), calls =>
    {
        using var bench = new BoardBench(
            BoardBench.Lamp("mine") with { Safe = 0 }, BoardBench.Lamp("ours") with { Who = ["anna"], Safe = 0 }, BoardBench.Lamp("shown") with { Allow = PinUse.Read, Who = ["*"] });
        foreach (var (name, person, percent) in calls)
        {
            var maySet = name switch { "mine" => person is null, "ours" => person is null or "anna", _ => false };
            var mayRead = maySet || name == "shown";
            if (Succeeds(() => bench.Board.SetPin(name, percent, person)) != maySet) return false;
            if (Succeeds(() => bench.Board.ReadPin(name, person)) != mayRead) return false;
            if (maySet && bench.Board.ReadPin(name, null).Percent != percent) return false;
        }
        bench.Board.Dispose();
        return new[] { "mine", "ours", "shown" }.All(name => bench.Devices.Open(BoardBench.Lamp(name), null).Read() == 0);
    }).QuickCheckThrowOnFailure();

    private static Gen<(string Name, string? Person, int Percent)[]> Calls() =>
        (from name in Gen.Elements("mine", "ours", "shown", "other")
         from person in Gen.Elements<string?>(null, "anna", "bert")
         from isOn in Gen.Elements(0, 100)
         select (name, person, isOn)).ArrayOf();

    private static bool Succeeds(Action action)
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
