using System.Text;
using Runtime.Hardware;
using Runtime.Hardware.Board;
using Runtime.Hardware.Kernel;
using Runtime.Hardware.Kernel.Buses;
using Runtime.Tests.Hardware.Board;
using TestKit;

namespace Runtime.Tests.Hardware.Kernel;

/// <summary>A serial port that is written to, over a terminal of the kernel's own, whose other end the test holds.</summary>
public sealed class SerialPortTests : IDisposable
{
    private readonly TemporaryFolder _root = new();
    private readonly Pty _terminal = new();
    private readonly SerialPort _port;

    public SerialPortTests()
    {
        Directory.CreateDirectory(_root["dev"]);
        File.CreateSymbolicLink(_root["dev/ttyUSB0"], _terminal.Name);
        _port = new SerialPort(_root["dev"], ["ttyUSB0", "115200"]) { Patience = TimeSpan.FromMinutes(1) };
    }

    public void Dispose()
    {
        _port.Dispose();
        _terminal.Dispose();
        _root.Dispose();
    }

    [Fact]
    public async Task Transfer_ThatIsAnswered_GivesTheAnswerAndNothingOlder()
    {
        Assert.Empty(_port.Transfer("AT\r"u8, 0));
        Assert.Equal("AT\r", await HeardAsync(3));
        _terminal.Device.Write("RING\n"u8);
        // Now all of it waits at the port, and is forgotten for the next question.
        Assert.Equal("R"u8.ToArray(), _port.Transfer([], 1));

        var device = Task.Run(async () =>
        {
            var said = await HeardAsync(4);
            _terminal.Device.Write("OK\r\n"u8);
            return said;
        });
        var answer = _port.Transfer("ATI\r"u8, 4);

        Assert.Equal("ATI\r", await device);
        Assert.Equal("OK\r\n", Encoding.ASCII.GetString(answer));
    }

    [Fact]
    public async Task Transfer_OfEveryByte_ComesAsItIs()
    {
        var all = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        _port.Transfer(all, 0);
        var heard = new byte[256];
        await _terminal.Device.ReadExactlyAsync(heard);
        Assert.Equal(all, heard);

        _terminal.Device.Write(all);
        Assert.Equal(all, _port.Transfer([], 256));
    }

    [Fact]
    public async Task Bus_OfASerialPort_IsWrittenToThroughTheBoard()
    {
        using var board = new HardwareBoard(new KernelDevices(_root.Path), TimeProvider.System);
        board.Set(new HardwareSettings { Buses = [BoardBench.Bus("modem", "serial:ttyUSB0/9600"), BoardBench.Bus("odd", "serial:ttyUSB0/12345"), BoardBench.Bus("gone", "serial:ttyUSB1/9600")] });

        board.WriteBus("modem", "AT\r"u8, 0, null);

        Assert.Equal("AT\r", await HeardAsync(3));
        Assert.StartsWith("12345 is no speed of a serial port; there are 1200", Assert.Throws<HardwareException>(() => board.ReadBus("odd", [], 1, null)).Message, StringComparison.Ordinal);
        Assert.Contains("ttyUSB1 is not there", Assert.Throws<HardwareException>(() => board.ReadBus("gone", [], 1, null)).Message, StringComparison.Ordinal);
        Assert.Contains("modem is read without a register", Assert.Throws<HardwareException>(() => board.ReadBus("modem", [1], 1, null)).Message, StringComparison.Ordinal);
    }

    private async Task<string> HeardAsync(int count)
    {
        var heard = new byte[count];
        await _terminal.Device.ReadExactlyAsync(heard);
        return Encoding.ASCII.GetString(heard);
    }
}
