using System.Text;
using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;
using Runtime.Hardware.Kernel;
using TestKit;

namespace Runtime.Tests.Hardware.Kernel;

/// <summary>A serial sensor over a terminal of the kernel's own, whose other end the test holds.</summary>
public sealed class SerialSensorTests
{
    [Fact]
    public async Task Read_OfSomebodyWhoWritesLines_IsTheNumberOfAWholeOne()
    {
        using var root = new TemporaryFolder();
        using var terminal = new Pty();
        Directory.CreateDirectory(root["dev"]);
        File.CreateSymbolicLink(root["dev/ttyUSB0"], terminal.Name);
        var settings = new SensorSettings("scale", DeviceAddress.Read("serial:ttyUSB0/115200", DeviceKind.Sensor, out _)!) { Unit = "g" };
        using var sensor = new KernelDevices(root.Path).Open(settings);

        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            // As a device does it: again and again, whoever listens. So few fit into the terminal's buffer that it never waits for a reader.
            for (var i = 0; i < 250 && !stop.IsCancellationRequested; i++)
            {
                terminal.Device.Write(Encoding.ASCII.GetBytes("ST,GS, 12.75\r\n"));
                await Task.Delay(100);
            }
        });
        var measured = sensor.Read();
        await stop.CancelAsync();
        await writing;

        Assert.Equal("12.75 g", $"{measured}");
    }
}
