using FsCheck;
using FsCheck.Fluent;
using Runtime.Hardware.Devices;

namespace Runtime.Tests.Hardware.Devices;

public sealed class DeviceAddressTests
{
    [Theory]
    [InlineData("gpio:gpiochip0/17", DeviceKind.Pin)]
    [InlineData("gpio:GPIO17", DeviceKind.Pin)]
    [InlineData("sdg:0/17", DeviceKind.Pin)]
    [InlineData("pwm:pwmchip0/1", DeviceKind.Pin)]
    [InlineData("led:ACT", DeviceKind.Pin)]
    [InlineData("led:green:status", DeviceKind.Pin)]
    [InlineData("key:event0/28", DeviceKind.Pin)]
    [InlineData("w1:28-0316a279c3ff", DeviceKind.Sensor)]
    [InlineData("hwmon:lm75/temp1", DeviceKind.Sensor)]
    [InlineData("iio:bme280/humidityrelative", DeviceKind.Sensor)]
    [InlineData("i2c:1/0x48/lm75", DeviceKind.Sensor)]
    [InlineData("spi:0.0/mcp3008/3", DeviceKind.Sensor)]
    [InlineData("serial:ttyUSB0/9600", DeviceKind.Sensor, DeviceKind.Bus)]
    [InlineData("serial:ttyUSB0/9600", DeviceKind.Bus, DeviceKind.Sensor)]
    [InlineData("i2c:1/0x3c", DeviceKind.Bus)]
    [InlineData("spi:0.0", DeviceKind.Bus)]
    [InlineData("video:video0", DeviceKind.Camera)]
    public void Read_OfEveryForm_IsWrittenAsItWas(string text, DeviceKind kind, DeviceKind? also = null)
    {
        var address = DeviceAddress.Read(text, kind, out var fault);

        Assert.Null(fault);
        Assert.Equal(text, address!.ToString());
        Assert.All(Enum.GetValues<DeviceKind>().Where(other => other != kind && other != also), other => Assert.Null(DeviceAddress.Read(text, other, out _)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpio")]
    [InlineData("gpio:")]
    [InlineData("gpio:a/b/c")]
    [InlineData("pwm:pwmchip0")]
    [InlineData("led:..")]
    [InlineData("led:../../etc/passwd")]
    [InlineData("pwm:../0")]
    [InlineData("key:event0/28 ")]
    [InlineData("file:/etc/passwd")]
    public void Read_OfWhatIsNone_SaysWhatThereIs(string text)
    {
        Assert.Null(DeviceAddress.Read(text, DeviceKind.Pin, out var fault));
        Assert.NotEmpty(fault!);
    }

    [Fact]
    public void Read_OfAnything_GivesNothingThatLeadsOutOfAFolder() => Prop.ForAll<NonNull<string>, DeviceKind>((rest, kind) =>
    {
        foreach (var way in new[] { "gpio:", "sdg:", "pwm:", "led:", "key:", "w1:", "hwmon:", "iio:", "i2c:", "spi:", "serial:", "video:", "" })
        {
            var address = DeviceAddress.Read(way + rest.Get, kind, out var fault);
            if ((address is null) == (fault is null)) return false;
            if (address is null) continue;
            if (address.ToString() != way + rest.Get || address.Parts.Any(part => part is "." or ".." or "" || part.Contains('/'))) return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();
}
