using Runtime.Hardware;
using Runtime.Hardware.Power;
using Runtime.Tests.Tools;
using Runtime.Tools.Device;
using TestKit;

namespace Runtime.Tests.Hardware;

public sealed class DeviceReportTests
{
    [Fact]
    public void Report_OfABoard_TellsWhatItSays()
    {
        using var root = new TemporaryFolder();
        Write("proc/stat", "cpu  100 0 0 900 0 0 0 0 0 0\n");
        var before = MachineCounters.Read(root.Path);
        Write("proc/stat", "cpu  130 0 0 970 0 0 0 0 0 0\n");
        Write("proc/meminfo", "MemTotal: 4194304 kB\nMemAvailable: 1048576 kB\n");
        Write("proc/loadavg", "0.50 0.40 0.30 1/100 1234\n");
        Write("proc/uptime", "93900.12 1.0\n");
        Write("sys/class/thermal/thermal_zone0/temp", "48250\n");
        Write("sys/firmware/devicetree/base/model", "Raspberry Pi 5 Model B Rev 1.0\0");
        Write("sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n");
        Write("sys/class/power_supply/BAT0/type", "Battery\n");
        Write("sys/class/power_supply/BAT0/capacity", "41\n");
        Write("sys/class/power_supply/BAT0/status", "Discharging\n");
        var hot = new PowerState(PowerLevel.Save, "is at 80 °C", TimeSpan.Zero);
        var report = DeviceReport.Make(before, root["not/there"], hot, root.Path).Split('\n');
        Assert.Equal("Device: Raspberry Pi 5 Model B Rev 1.0", report[0]);
        Assert.Equal($"Processor: {Environment.ProcessorCount} cores, 30 % busy, load 0.50 0.40 0.30", report[1]);
        Assert.Equal("Memory: 1.0 GiB of 4.0 GiB free", report[2]);
        Assert.Matches("^Disk: .* of .* free$", report[3]);
        Assert.Equal(["Temperature: 48.3 °C", "Held back: UnderVoltage, Throttled", "Battery: 41 %, discharging", "Spared: it is at 80 °C, so models work 50 % of their time", "Up for: 1 days 02:05", ""], report[4..]);

        void Write(string path, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(root[path])!);
            File.WriteAllText(root[path], text);
        }
    }

    [Fact]
    public async Task Tool_OnThisMachine_TaintsOnlyWithAddresses()
    {
        using var bench = new ToolBench(null, null, new DeviceStatusTool());
        var plain = await bench.CallAsync("device_status", "{}");
        Assert.Contains("Memory: ", plain.Text, StringComparison.Ordinal);
        Assert.False(plain.IsError || plain.IsData);
        Assert.True((await bench.CallAsync("device_status", """{"network":true}""")).IsData);
    }
}
