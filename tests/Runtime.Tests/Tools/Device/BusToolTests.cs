using Runtime.Hardware.Board;
using Runtime.Tests.Hardware.Board;
using Runtime.Tools.Device;
using Runtime.Tools.Policy;

namespace Runtime.Tests.Tools.Device;

public sealed class BusToolTests
{
    private static readonly BusSettings Display = BoardBench.Bus("display", "i2c:1/0x3c") with { RegisterBytes = 1, About = "in the hall" };
    private static readonly BusSettings Adc = BoardBench.Bus("adc", "spi:0.0") with { Allow = PinUse.Read };
    private static readonly BusSettings Modem = BoardBench.Bus("modem", "serial:ttyUSB0/9600") with { End = "\r\n" };

    [Fact]
    public async Task Bus_ListedReadAndWritten_SaysWhatCame()
    {
        using var board = new BoardBench(new HardwareSettings { Buses = [Display, Adc, Modem] });
        using var bench = new ToolBench(more: new BusTool(board.Board));

        Assert.Equal("display: i2c, registers of 1 byte (in the hall)\nadc: spi, read only\nmodem: serial", await bench.OkAsync("bus", """{"action":"list"}"""));
        Assert.Equal("Wrote 3 bytes to display.", await bench.OkAsync("bus", """{"action":"write","name":"display","hex":"10 0a 0b"}"""));
        Assert.Equal("0a0b", await bench.OkAsync("bus", """{"action":"read","name":"DISPLAY","hex":"0x10","count":2}"""));
        Assert.Equal("0b", await bench.OkAsync("bus", """{"action":"read","name":"display","hex":11}"""));
        board.Devices.Simulate(Adc, [1, 2, 3]);
        Assert.Equal("0102", await bench.OkAsync("bus", """{"action":"read","name":"adc","count":2}"""));
        Assert.Equal("Wrote 4 bytes to modem. Back came: AT\r\n", await bench.OkAsync("bus", """{"action":"write","name":"modem","text":"AT","count":64}"""));
        Assert.Equal("modem sent nothing.", await bench.OkAsync("bus", """{"action":"read","name":"modem"}"""));
        board.Devices.Simulate(Modem, "RING\r\n"u8.ToArray());
        Assert.Equal("RING\r\n", await bench.OkAsync("bus", """{"action":"read","name":"modem"}"""));
    }

    [Fact]
    public async Task Bus_OfWhatIsNotAllowed_SaysWhatIs()
    {
        using var board = new BoardBench(new HardwareSettings { Buses = [Display, Adc] });
        using var bench = new ToolBench(more: new BusTool(board.Board));

        Assert.Equal("There is no bus eeprom. There are: display, adc.", await bench.ErrorAsync("bus", """{"action":"read","name":"eeprom"}"""));
        Assert.Equal("adc can only be read.", await bench.ErrorAsync("bus", """{"action":"write","name":"adc","hex":"00"}"""));
        Assert.Equal("on is no row of bytes in hexadecimal, such as 0f or 00a1.", await bench.ErrorAsync("bus", """{"action":"write","name":"display","hex":"on"}"""));
        Assert.Equal("What is to be written is in hex or in text, one of the two.", await bench.ErrorAsync("bus", """{"action":"write","name":"display"}"""));
        Assert.Equal("There is no action erase; there are list, read and write.", await bench.ErrorAsync("bus", """{"action":"erase"}"""));
        Assert.StartsWith("Up to 1024 bytes of display are read at once", await bench.ErrorAsync("bus", """{"action":"read","name":"display","hex":"00","count":1000000}"""), StringComparison.Ordinal);
        Assert.Equal(["refused eeprom", "refused adc"], board.Events);
    }

    [Fact]
    public async Task Write_OfABusThatAsks_IsNotDoneWithoutAPerson()
    {
        using var board = new BoardBench(new HardwareSettings { Buses = [Display with { Asks = true }] });
        using var bench = new ToolBench(more: new BusTool(board.Board));
        bench.Context = bench.Context with { Said = "write 1001 to the display" };

        Assert.StartsWith("Not approved", await bench.ErrorAsync("bus", """{"action":"write","name":"display","hex":"1001"}"""), StringComparison.Ordinal);
        Assert.Equal("00", await bench.OkAsync("bus", """{"action":"read","name":"display","hex":"10"}"""));
    }

    [Theory]
    [InlineData("send hello to the modem", true)]
    [InlineData("send something to the modem", false)]
    public async Task Write_AfterForeignTextWasRead_IsDoneWithoutAQuestionWhereThePersonSaidIt(string said, bool isDone)
    {
        using var board = new BoardBench(new HardwareSettings { Buses = [Modem] });
        using var bench = new ToolBench(more: new BusTool(board.Board));
        bench.Context = bench.Context with { Said = said, IsTainted = true };

        var arguments = """{"action":"write","name":"modem","text":"hello"}""";
        if (isDone) Assert.Equal("Wrote 7 bytes to modem.", await bench.OkAsync("bus", arguments));
        else Assert.StartsWith("Not approved", await bench.ErrorAsync("bus", arguments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_OfWhatAPortSent_TaintsTheConversationAndNothingElseDoes()
    {
        using var board = new BoardBench(new HardwareSettings { Buses = [Modem] });
        using var bench = new ToolBench(more: new BusTool(board.Board));

        Assert.False((await bench.CallAsync("bus", """{"action":"list"}""")).IsData);
        Assert.False((await bench.CallAsync("bus", """{"action":"write","name":"modem","text":"AT"}""")).IsData);
        Assert.True((await bench.CallAsync("bus", """{"action":"read","name":"modem"}""")).IsData);
        Assert.True((await bench.CallAsync("bus", """{"action":"write","name":"modem","text":"AT","count":9}""")).IsData);
    }

    [Fact]
    public void Tools_WhereNothingIsNamed_AreNotThere()
    {
        using var board = new BoardBench(BoardBench.Lamp());
        using var bench = new ToolBench(rules: new ToolRules { Profile = ToolProfile.Operator }, more: [new BusTool(board.Board), new CameraTool(board.Board)]);

        Assert.DoesNotContain(bench.Runner.For("main", null, null), tool => tool.Name is "bus" or "camera");
    }
}
