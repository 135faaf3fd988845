using Runtime.Hardware.Power;
using TestKit;

namespace Runtime.Tests.Hardware.Power;

/// <summary>What the kernel tells of power, on trees like its own: no machine here has either.</summary>
public sealed class PowerMeterTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Watts_BoardThatSaysNothing_IsNull() => Assert.Null(new PowerMeter(_root.Path).Start().Watts());

    [Fact]
    public void Watts_EnergyCounter_IsWhatWasUsedSinceTheStart()
    {
        Write("sys/class/powercap/intel-rapl:0/energy_uj", "1000000");
        Write("sys/class/powercap/intel-rapl:0:0/energy_uj", "5"); // a part of the package, counted there already
        var reading = new PowerMeter(_root.Path).Start();
        Write("sys/class/powercap/intel-rapl:0/energy_uj", "901000000");
        Assert.InRange(reading.Watts()!.Value, 1, double.MaxValue);
        Write("sys/class/powercap/intel-rapl:0/energy_uj", "4");
        Assert.Null(reading.Watts());
    }

    [Fact]
    public void Watts_Sensors_AreAddedUp()
    {
        Write("sys/class/hwmon/hwmon0/power1_input", "2500000\n");
        Write("sys/class/hwmon/hwmon1/power1_input", "1250000\n");
        Write("sys/class/hwmon/hwmon2/temp1_input", "41000\n");
        Assert.Equal(3.75, new PowerMeter(_root.Path).Start().Watts());
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root[path])!);
        File.WriteAllText(_root[path], text);
    }
}
