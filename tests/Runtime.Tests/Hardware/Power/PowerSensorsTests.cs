using Runtime.Hardware.Power;
using TestKit;

namespace Runtime.Tests.Hardware.Power;

/// <summary>What the kernel tells, on trees like its own.</summary>
public sealed class PowerSensorsTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Read_MachineThatTellsNothing_IsNothing()
    {
        Assert.Equal(PowerReading.Nothing, PowerSensors.Read(_root.Path));
        Assert.False(PowerReading.Nothing.IsTold);
    }

    [Fact]
    public void Read_RaspberryPi_TellsWhatItsFirmwareDoes()
    {
        Write("class/thermal/thermal_zone0/temp", "81200\n");
        // 0xE0008: the soft limit now; the rest was since the last boot.
        Write("devices/platform/soc/soc:firmware/get_throttled", "e0008\n");
        Write("class/hwmon/hwmon1/name", "rpi_volt\n");
        Write("class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");
        Write("devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "1500000\n");
        Write("devices/system/cpu/cpufreq/policy0/cpuinfo_max_freq", "2400000\n");
        Assert.Equal(new PowerReading(81_200, ThrottleFlags.SoftLimit | ThrottleFlags.UnderVoltage, 1_500_000, 2_400_000, null, false) { HasFlags = true }, PowerSensors.Read(_root.Path));
    }

    [Fact]
    public void Read_Laptop_TakesItsOwnBatteryAndTheProcessorsSensors()
    {
        Write("class/hwmon/hwmon0/name", "nvme\n");
        Write("class/hwmon/hwmon0/temp1_input", "79000\n");
        Write("class/hwmon/hwmon1/name", "coretemp\n");
        Write("class/hwmon/hwmon1/temp1_input", "61000\n");
        Write("class/hwmon/hwmon1/temp2_input", "63000\n");
        Write("class/power_supply/BAT0/type", "Battery\n");
        Write("class/power_supply/BAT0/capacity", "55\n");
        Write("class/power_supply/BAT0/status", "Discharging\n");
        Write("class/power_supply/hidpp_battery_0/type", "Battery\n");
        Write("class/power_supply/hidpp_battery_0/scope", "Device\n");
        Write("class/power_supply/hidpp_battery_0/capacity", "3\n");
        Write("class/power_supply/AC/type", "Mains\n");
        Write("class/power_supply/AC/online", "0\n");
        Assert.Equal(new PowerReading(63_000, ThrottleFlags.None, null, null, 55, true), PowerSensors.Read(_root.Path));
        Write("class/power_supply/AC/online", "1\n");
        Assert.False(PowerSensors.Read(_root.Path).IsOnBattery);
    }

    [Fact]
    public void Read_Nonsense_IsLeftOut()
    {
        Write("class/thermal/thermal_zone0/temp", "200000000\n");
        Write("class/thermal/thermal_zone1/temp", "-40000\n");
        Write("class/thermal/thermal_zone2/temp", "cold\n");
        Write("class/power_supply/BAT0/type", "Battery\n");
        Write("class/power_supply/BAT0/capacity", "120\n");
        Write("devices/platform/soc/soc:firmware/get_throttled", "zz\n");
        Assert.Equal(PowerReading.Nothing with { HasFlags = true }, PowerSensors.Read(_root.Path));
    }

    private void Write(string path, string text)
    {
        var file = _root["sys/" + path];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
