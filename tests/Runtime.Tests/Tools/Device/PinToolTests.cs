using Runtime.Hardware.Board;
using Runtime.Tests.Hardware.Board;
using Runtime.Tools.Device;
using Runtime.Tools.Policy;

namespace Runtime.Tests.Tools.Device;

public sealed class PinToolTests
{
    private static readonly PinSettings Fan = new("fan", BoardBench.At("pwm:pwmchip0/1")) { IsOutput = true, Allow = PinUse.Read | PinUse.Set };

    [Fact]
    public async Task Pin_ListedReadAndSet_SaysWhatItIsAt()
    {
        using var board = new BoardBench(BoardBench.Lamp(), Fan, BoardBench.Button() with { About = "front door" });
        using var bench = new ToolBench(more: [new PinTool(board.Board), new SensorTool(board.Board)]);

        Assert.Equal("lamp is on.", await bench.OkAsync("pin", """{"action":"set","name":"lamp","value":"on"}"""));
        Assert.Equal("fan is at 40 %.", await bench.OkAsync("pin", """{"action":"set","name":"fan","value":40}"""));
        Assert.Equal("door is off.", await bench.OkAsync("pin", """{"action":"read","name":"door"}"""));
        Assert.Equal("lamp: on\nfan: 40 %\ndoor: off, read only (front door)", await bench.OkAsync("pin", """{"action":"list"}"""));
        Assert.Equal("fan is off.", await bench.OkAsync("pin", """{"action":"set","name":"fan","value":"off"}"""));
    }

    [Fact]
    public async Task Pin_OfWhatIsNotAllowed_SaysWhatIs()
    {
        using var board = new BoardBench(BoardBench.Lamp(), BoardBench.Button());
        using var bench = new ToolBench(more: new PinTool(board.Board));

        Assert.Equal("There is no pin heater. There are: lamp, door.", await bench.ErrorAsync("pin", """{"action":"set","name":"heater","value":"on"}"""));
        Assert.Equal("door can only be read.", await bench.ErrorAsync("pin", """{"action":"set","name":"door","value":"on"}"""));
        Assert.Equal("bright is no value for a pin; use on, off or 0-100.", await bench.ErrorAsync("pin", """{"action":"set","name":"lamp","value":"bright"}"""));
        Assert.Equal("lamp is on or off, and nothing between.", await bench.ErrorAsync("pin", """{"action":"set","name":"lamp","value":"40"}"""));
    }

    [Fact]
    public async Task Set_OfAPinThatAsks_IsNotDoneWithoutAPerson()
    {
        using var board = new BoardBench(BoardBench.Lamp() with { Asks = true }, BoardBench.Lamp("other"));
        using var bench = new ToolBench(more: new PinTool(board.Board));

        Assert.StartsWith("Not approved", await bench.ErrorAsync("pin", """{"action":"set","name":"LAMP","value":"on"}"""), StringComparison.Ordinal);
        Assert.Equal("lamp is off.", await bench.OkAsync("pin", """{"action":"read","name":"lamp"}"""));
        Assert.Equal("other is on.", await bench.OkAsync("pin", """{"action":"set","name":"other","value":"on"}"""));
    }

    [Theory]
    [InlineData("Lamp on, please!", "on", true)]
    [InlineData("put the lamp to 40%", "40", true)]
    [InlineData("put the lamp to 40%", "90", false)]
    [InlineData("turn the lamp off", "on", false)]
    [InlineData("turn the heater on", "on", false)]
    [InlineData("what does the page say", "on", false)]
    public async Task Set_AfterForeignTextWasRead_IsDoneWithoutAQuestionWhereThePersonSaidIt(string said, string value, bool isDone)
    {
        using var board = new BoardBench(Fan with { Name = "lamp" });
        using var bench = new ToolBench(more: new PinTool(board.Board));
        bench.Context = bench.Context with { Said = said, IsTainted = true };

        var arguments = $$"""{"action":"set","name":"lamp","value":"{{value}}"}""";
        if (isDone) Assert.StartsWith("lamp is ", await bench.OkAsync("pin", arguments), StringComparison.Ordinal);
        else Assert.StartsWith("Not approved", await bench.ErrorAsync("pin", arguments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_WhereNothingIsNamed_AreNotThere()
    {
        using var board = new BoardBench();
        using var bench = new ToolBench(rules: new ToolRules { Profile = ToolProfile.Operator }, more: [new PinTool(board.Board), new SensorTool(board.Board)]);

        Assert.DoesNotContain(bench.Runner.For("main", null, null), tool => tool.Name == "pin");
        Assert.Contains(bench.Runner.For("main", null, null), tool => tool.Name == "sensor");
        Assert.Equal("There is no tool pin.", await bench.ErrorAsync("pin", """{"action":"list"}"""));
    }

    [Fact]
    public async Task Sensor_OneOrAll_SaysWhatItMeasures()
    {
        using var board = new BoardBench();
        using var bench = new ToolBench(more: new SensorTool(board.Board)) { PersonRules = ToolRules.Assistant };
        board.Devices.Simulate(pin: false, "kitchen", 21.5);

        Assert.Equal("kitchen: 21.5 °C", await bench.OkAsync("sensor", """{"name":"kitchen"}"""));
        Assert.Equal("kitchen: 21.5 °C\nattic: 20 °C (under the roof)", await bench.OkAsync("sensor", "{}"));

        bench.Context = bench.Context with { Person = "anna" };
        Assert.Equal("attic: 20 °C (under the roof)", await bench.OkAsync("sensor", "{}"));
        Assert.Equal("There is no sensor kitchen. There are: attic.", await bench.ErrorAsync("sensor", """{"name":"kitchen"}"""));
    }
}
