using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
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
        using var end = new SafeFileHandle(PosixOpenPty(2 | 0x100), ownsHandle: true);
        Assert.False(end.IsInvalid);
        Assert.Equal(0, GrantPty((int)end.DangerousGetHandle()) | UnlockPty((int)end.DangerousGetHandle()));
        var name = Marshal.PtrToStringUTF8(NameOfPty((int)end.DangerousGetHandle()))!;
        Directory.CreateDirectory(root["dev"]);
        File.CreateSymbolicLink(root["dev/ttyUSB0"], name);
        var settings = new SensorSettings("scale", DeviceAddress.Read("serial:ttyUSB0/115200", false, out _)!) { Unit = "g" };
        using var sensor = new KernelDevices(root.Path).Open(settings);
        using var device = new FileStream(end, FileAccess.Write, 0);

        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            // As a device does it: again and again, whoever listens. So few fit into the terminal's buffer that it never waits for a reader.
            for (var i = 0; i < 250 && !stop.IsCancellationRequested; i++)
            {
                device.Write(Encoding.ASCII.GetBytes("ST,GS, 12.75\r\n"));
                await Task.Delay(100);
            }
        });
        var measured = sensor.Read();
        await stop.CancelAsync();
        await writing;

        Assert.Equal("12.75 g", $"{measured}");
    }

    [DllImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static extern int PosixOpenPty(int flags);

    [DllImport("libc", EntryPoint = "grantpt")]
    private static extern int GrantPty(int file);

    [DllImport("libc", EntryPoint = "unlockpt")]
    private static extern int UnlockPty(int file);

    [DllImport("libc", EntryPoint = "ptsname")]
    private static extern nint NameOfPty(int file);
}
