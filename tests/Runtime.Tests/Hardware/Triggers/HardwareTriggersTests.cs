using Runtime.Hardware.Board;
using Runtime.Hardware.Triggers;
using Runtime.Tests.Hardware.Board;

namespace Runtime.Tests.Hardware.Triggers;

public sealed class HardwareTriggersTests : IDisposable
{
    private readonly BoardBench _bench = new(BoardBench.Button(), BoardBench.Button("deaf") with { Allow = PinUse.Read });
    private readonly HardwareTriggers _triggers;
    private readonly List<string> _said = [];

    public HardwareTriggersTests()
    {
        _triggers = new HardwareTriggers(_bench.Board, _bench.Time);
        _triggers.Fired += fired => _said.Add(fired.Text!);
    }

    [Fact]
    public void Edge_OfAPin_SaysWhatItIsAt_AndRestsThen()
    {
        Set(100, new TriggerSettings("bell", "door") { Becomes = TriggerEdge.On, Say = "{name} is {value}", Pause = TimeSpan.FromSeconds(10) });

        Flip(100, 0, 100);
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        Flip(0, 100);

        Assert.Equal(["door is on", "door is on"], _said);
        Assert.Equal(2, _bench.Events.Count(e => e == "trigger bell on"));
    }

    [Fact]
    public void Edge_ThatMustHold_IsForgottenWhereItDoesNot()
    {
        Set(100, new TriggerSettings("open", "door") { Becomes = TriggerEdge.On, For = TimeSpan.FromMinutes(5), Say = "still {value}" });

        Flip(100);
        _bench.Time.Advance(TimeSpan.FromMinutes(4));
        Flip(0);
        _bench.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Empty(_said);

        Flip(100);
        _bench.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(["still on"], _said);
    }

    [Fact]
    public void Sensor_AboveItsLimitForLongEnough_SaysSoOnce()
    {
        Set(100, new TriggerSettings("hot", "kitchen") { Above = 30, For = TimeSpan.FromSeconds(10), Hysteresis = 1, Say = "{name}: {value}" });

        _bench.Devices.Simulate(pin: false, "kitchen", 31.5);
        _bench.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(_said);
        _bench.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(["kitchen: 31.5 °C"], _said);

        _bench.Devices.Simulate(pin: false, "kitchen", 20);
        _bench.Time.Advance(TimeSpan.FromSeconds(5));
        _bench.Devices.Simulate(pin: false, "kitchen", 32);
        _bench.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(["kitchen: 31.5 °C", "kitchen: 32 °C"], _said);
    }

    [Fact]
    public void Triggers_BeyondTheHoursNumber_AreToldAndDoNothing()
    {
        Set(2, new TriggerSettings("bell", "door") { Becomes = TriggerEdge.Either, Say = "{value}", Pause = TimeSpan.Zero });

        Flip(100, 0, 100, 0);
        Assert.Equal(["on", "off"], _said);
        Assert.Equal(2, _bench.Events.Count(e => e.StartsWith("refused bell", StringComparison.Ordinal)));

        _bench.Time.Advance(TimeSpan.FromHours(1));
        Flip(100);
        Assert.Equal(["on", "off", "on"], _said);
    }

    [Fact]
    public void Trigger_OnAPinThatAllowsNone_IsNeverSetOff()
    {
        Set(100, new TriggerSettings("bell", "deaf") { Becomes = TriggerEdge.Either, Say = "{value}" });

        _bench.Devices.Simulate(pin: true, "deaf", 100);

        Assert.Empty(_said);
    }

    [Fact]
    public void Set_OfOtherTriggers_EndsThoseBefore()
    {
        Set(100, new TriggerSettings("open", "door") { Becomes = TriggerEdge.On, For = TimeSpan.FromMinutes(5), Say = "old" });
        Flip(100);
        Set(100, new TriggerSettings("shut", "door") { Becomes = TriggerEdge.Off, Say = "new" });
        _bench.Time.Advance(TimeSpan.FromMinutes(6));
        Flip(0);

        Assert.Equal(["new"], _said);
    }

    public void Dispose()
    {
        _triggers.Dispose();
        _bench.Dispose();
    }

    private void Set(int mostPerHour, params TriggerSettings[] triggers) => _triggers.Set(triggers, mostPerHour);

    private void Flip(params int[] levels)
    {
        foreach (var level in levels) _bench.Devices.Simulate(pin: true, "door", level);
    }
}
