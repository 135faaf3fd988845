using Appliance.Install;
using Models.Budget;

namespace Appliance.Tests.Install;

public sealed class UnitFilesTests
{
    [Theory]
    [InlineData(1L << 30)]
    [InlineData(8L << 30)]
    [InlineData(64L << 30)]
    public void ForMachine_Memory_LeavesWhatThePlanKeepsFree(long memory)
    {
        var lines = UnitFiles.ForMachine(memory, []).Split('\n');
        var (high, most) = (Megabytes("MemoryHigh="), Megabytes("MemoryMax="));
        Assert.Equal((memory - MemoryPlan.Reserve(memory)) >> 20, most);
        // Held back before it is killed, and the plan sees the lower of the two.
        Assert.InRange(high, most / 2, most - 64);
        Assert.DoesNotContain(lines, line => line.StartsWith("Device", StringComparison.Ordinal) || line.StartsWith("Private", StringComparison.Ordinal));

        long Megabytes(string key) => long.Parse(lines.Single(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].TrimEnd('M'), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void ForMachine_Hardware_OpensWhatWasNamedAndNothingElse()
    {
        var text = UnitFiles.ForMachine(1L << 30, [HardwareKind.Find("i2c")!]);
        Assert.Contains("\nPrivateDevices=no\nDeviceAllow=char-i2c rw\nSupplementaryGroups=i2c\n", text, StringComparison.Ordinal);
        Assert.Single(text.Split('\n'), line => line.StartsWith("DeviceAllow=", StringComparison.Ordinal));
        // What is a file of sysfs needs no device.
        Assert.DoesNotContain("PrivateDevices", UnitFiles.ForMachine(1L << 30, [HardwareKind.Find("leds")!]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/home/ann/.local/bin/appliance", "ExecStart=/home/ann/.local/bin/appliance serve")]
    [InlineData("/home/ann b/100%/$x/appliance", "ExecStart=\"/home/ann b/100%%/$$x/appliance\" serve")]
    public void Unit_ProgramElsewhere_IsWrittenAsSystemdReadsIt(string program, string line) =>
        Assert.Contains(line, UnitFiles.Unit("appliance-user.service", program).Split('\n'));

    [Fact]
    public void Unit_ProgramElsewhere_SetsPinsSafeWithThatProgram() =>
        Assert.Contains("ExecStopPost=-/usr/local/bin/appliance hardware safe", UnitFiles.Unit("appliance.service", "/usr/local/bin/appliance").Split('\n'));
}
