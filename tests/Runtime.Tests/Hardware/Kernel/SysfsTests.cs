using Runtime.Hardware;
using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;
using Runtime.Hardware.Kernel;
using TestKit;

namespace Runtime.Tests.Hardware.Kernel;

/// <summary>Lights, dimmed outputs and sensors over a tree of files as the kernel's are: what is written is what the kernel would be told.</summary>
public sealed class SysfsTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    [Fact]
    public void Led_SetAndRead_IsItsShareOfTheBrightest_AndIsTakenFromWhatBlinksIt()
    {
        Put("sys/class/leds/ACT/max_brightness", "255\n");
        Put("sys/class/leds/ACT/brightness", "0\n");
        Put("sys/class/leds/ACT/trigger", "none [mmc0] heartbeat\n");
        using var led = Open("led:ACT", null);

        led.Write(40);
        Assert.Equal(("102", "none", 40, true), (Get("sys/class/leds/ACT/brightness"), Get("sys/class/leds/ACT/trigger"), led.Read(), led.IsDimmed));
        led.Write(100);
        Assert.Equal("255", Get("sys/class/leds/ACT/brightness"));
        led.Write(0);
        Assert.Equal(("0", 0), (Get("sys/class/leds/ACT/brightness"), led.Read()));
    }

    [Fact]
    public void Pwm_OpenedAndSet_HasItsFrequencyAndShare()
    {
        PutPwm(period: 0, duty: 0, enable: 0);
        using var fan = Open("pwm:pwmchip0/1", 25, pin => pin with { Frequency = 25_000 });
        Assert.Equal(("40000", "10000", "1", 25), (Pwm("period"), Pwm("duty_cycle"), Pwm("enable"), fan.Read()));

        fan.Write(0);
        Assert.Equal(("0", 0), (Pwm("duty_cycle"), fan.Read()));
    }

    [Fact]
    public void Pwm_ThatIsLeftAsItIs_KeepsItsShareAtAnotherFrequency()
    {
        PutPwm(period: 1_000_000, duty: 500_000, enable: 1);
        using var fan = Open("pwm:pwmchip0/1", null, pin => pin with { Frequency = 100, IsActiveLow = true });
        Assert.Equal(("10000000", "5000000", 50), (Pwm("period"), Pwm("duty_cycle"), fan.Read()));

        fan.Write(100);
        Assert.Equal(("0", 100), (Pwm("duty_cycle"), fan.Read()));
    }

    [Fact]
    public void OneWire_OfAGoodAndABadChecksum_IsATemperatureOrAnError()
    {
        Put("sys/bus/w1/devices/28-0316/w1_slave", "50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=-1250\n");
        Assert.Equal("-1.25 °C", Read("w1:28-0316"));

        Put("sys/bus/w1/devices/28-0316/w1_slave", "ff ff ff ff ff ff ff ff ff : crc=c9 NO\nff ff t=85000\n");
        Assert.Contains("checksum", Assert.Throws<HardwareException>(() => Read("w1:28-0316")).Message, StringComparison.Ordinal);
        Assert.Contains("not connected", Assert.Throws<HardwareException>(() => Read("w1:28-ffff")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hwmon_OfAName_IsInItsUnit_AndTwoOfOneNameAreAskedFor()
    {
        Put("sys/class/hwmon/hwmon3/name", "lm75\n");
        Put("sys/class/hwmon/hwmon3/temp1_input", "25500\n");
        Put("sys/class/hwmon/hwmon3/in0_input", "3300\n");
        Assert.Equal("25.5 °C", Read("hwmon:lm75/temp1"));
        Assert.Equal("3.3 V", Read("hwmon:lm75/in0"));

        Put("sys/class/hwmon/hwmon4/name", "lm75\n");
        Assert.Contains("There are 2 chips lm75", Assert.Throws<HardwareException>(() => Read("hwmon:lm75/temp1")).Message, StringComparison.Ordinal);
        Assert.Contains("no hwmon chip none", Assert.Throws<HardwareException>(() => Read("hwmon:none/temp1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Iio_RawOrDone_IsScaledAsTheKernelSays()
    {
        Put("sys/bus/iio/devices/iio:device0/name", "bme280\n");
        Put("sys/bus/iio/devices/iio:device0/in_temp_input", "21480\n");
        Put("sys/bus/iio/devices/iio:device0/in_pressure_input", "101.325000000\n");
        Put("sys/bus/iio/devices/iio:device1/name", "ads1015\n");
        Put("sys/bus/iio/devices/iio:device1/in_voltage0_raw", "1100\n");
        Put("sys/bus/iio/devices/iio:device1/in_voltage_scale", "3\n");
        Put("sys/bus/iio/devices/iio:device1/in_voltage0_offset", "-100\n");

        Assert.Equal("21.48 °C", Read("iio:bme280/temp"));
        Assert.Equal("1013.25 hPa", Read("iio:bme280/pressure"));
        Assert.Equal("3 V", Read("iio:ads1015/voltage0"));
        Assert.Equal("30 %", Read("iio:iio:device1/voltage0", sensor => sensor with { Scale = 10, Unit = "%" }));
    }

    [Fact]
    public void Inventory_OfATree_NamesWhatSettingsTake()
    {
        Put("sys/class/leds/ACT/max_brightness", "1\n");
        Put("sys/class/hwmon/hwmon0/name", "cpu_thermal\n");
        Put("sys/class/hwmon/hwmon0/temp1_input", "40000\n");
        Put("sys/bus/iio/devices/iio:device0/name", "bme280\n");
        Put("sys/bus/iio/devices/iio:device0/in_humidityrelative_input", "40000\n");
        Put("sys/bus/w1/devices/28-0316/w1_slave", "");
        Put("dev/i2c-1", "");
        Put("dev/spidev0.0", "");
        Put("dev/video0", "");

        var found = new DeviceInventory(_root.Path).Read().ToList();

        Assert.Equal(["led:ACT", "w1:28-0316", "hwmon:cpu_thermal/temp1", "iio:bme280/humidityrelative", "i2c:1/…", "spi:0.0", "video:video0"], found.Select(device => device.At));
        Assert.All(found.Take(4), device => Assert.NotNull(DeviceAddress.Read(device.At, device.At.StartsWith("led", StringComparison.Ordinal) ? DeviceKind.Pin : DeviceKind.Sensor, out _)));
        Assert.NotNull(DeviceAddress.Read(found[^2].At, DeviceKind.Bus, out _));
        Assert.NotNull(DeviceAddress.Read(found[^1].At, DeviceKind.Camera, out _));
    }

    [Fact]
    public void Devices_ThatAreNotThere_SaySo()
    {
        foreach (var at in new[] { "gpio:gpiochip0/1", "gpio:GPIO17", "led:ACT", "pwm:pwmchip0/0", "key:event0/28" })
            Assert.Matches("not there|There is no line", Assert.Throws<HardwareException>(() => Open(at, 0)).Message);
        // Whether the program has it or not.
        Assert.Contains("System.Device.Gpio", Assert.Throws<HardwareException>(() => Open("sdg:0/100000", 0)).Message, StringComparison.Ordinal);
        foreach (var at in new[] { "i2c:1/0x48/lm75", "i2c:1/0x99/lm75", "spi:0.0/mcp3008/3", "spi:0.0/mcp3008/8", "serial:ttyUSB0/9600", "serial:ttyUSB0/9601", "i2c:1/0x48/other" })
            Assert.Throws<HardwareException>(() => Read(at));
        foreach (var at in new[] { "i2c:1/0x48", "i2c:1/0x99", "spi:0.0", "serial:ttyUSB0/9600", "serial:ttyUSB0/9601" })
            Assert.Matches("not there|is no address on I2C|is no speed", Assert.Throws<HardwareException>(() => new KernelDevices(_root.Path).Open(new BusSettings("x", DeviceAddress.Read(at, DeviceKind.Bus, out _)!))).Message);
        Assert.Contains("video0 is not there", Assert.Throws<HardwareException>(() => new KernelDevices(_root.Path).Take(new CameraSettings("x", DeviceAddress.Read("video:video0", DeviceKind.Camera, out _)!))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _root.Dispose();

    private void PutPwm(int period, int duty, int enable)
    {
        Put("sys/class/pwm/pwmchip0/pwm1/period", $"{period}\n");
        Put("sys/class/pwm/pwmchip0/pwm1/duty_cycle", $"{duty}\n");
        Put("sys/class/pwm/pwmchip0/pwm1/enable", $"{enable}\n");
    }

    private string Pwm(string name) => Get($"sys/class/pwm/pwmchip0/pwm1/{name}");

    private IPin Open(string at, int? initial, Func<PinSettings, PinSettings>? change = null)
    {
        var pin = new PinSettings("x", DeviceAddress.Read(at, DeviceKind.Pin, out _)!) { IsOutput = true };
        return new KernelDevices(_root.Path).Open(change?.Invoke(pin) ?? pin, initial);
    }

    private string Read(string at, Func<SensorSettings, SensorSettings>? change = null)
    {
        var settings = new SensorSettings("x", DeviceAddress.Read(at, DeviceKind.Sensor, out _)!);
        using var sensor = new KernelDevices(_root.Path).Open(change?.Invoke(settings) ?? settings);
        return $"{sensor.Read()}";
    }

    private void Put(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root[path])!);
        File.WriteAllText(_root[path], text);
    }

    private string Get(string path) => File.ReadAllText(_root[path]).Trim();
}
