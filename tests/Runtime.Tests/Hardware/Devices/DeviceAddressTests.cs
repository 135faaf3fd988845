using FsCheck;
using FsCheck.Fluent;
using Runtime.Hardware.Devices;

namespace Runtime.Tests.Hardware.Devices;

public sealed class DeviceAddressTests
{
    [Theory]
    [InlineData("gpio:gpiochip0/17", true)]
    [InlineData("gpio:GPIO17", true)]
    [InlineData("pwm:pwmchip0/1", true)]
    [InlineData("led:ACT", true)]
    [InlineData("led:green:status", true)]
    [InlineData("key:event0/28", true)]
    [InlineData("w1:28-0316a279c3ff", false)]
    [InlineData("hwmon:lm75/temp1", false)]
    [InlineData("iio:bme280/humidityrelative", false)]
    [InlineData("i2c:1/0x48/lm75", false)]
    [InlineData("spi:0.0/mcp3008/3", false)]
    [InlineData("serial:ttyUSB0/9600", false)]
    public void Read_OfEveryForm_IsWrittenAsItWas(string text, bool isPin)
    {
        var address = DeviceAddress.Read(text, isPin, out var fault);

        Assert.Null(fault);
        Assert.Equal(text, address!.ToString());
        Assert.Null(DeviceAddress.Read(text, !isPin, out _));
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
        Assert.Null(DeviceAddress.Read(text, isPin: true, out var fault));
        Assert.NotEmpty(fault!);
    }

    [Fact]
    public void Read_OfAnything_GivesNothingThatLeadsOutOfAFolder() => Prop.ForAll<NonNull<string>, bool>((rest, isPin) =>
    {
        foreach (var way in new[] { "gpio:", "pwm:", "led:", "key:", "w1:", "hwmon:", "iio:", "i2c:", "spi:", "serial:", "" })
        {
            var address = DeviceAddress.Read(way + rest.Get, isPin, out var fault);
            if ((address is null) == (fault is null)) return false;
            if (address is null) continue;
            if (address.ToString() != way + rest.Get || address.Parts.Any(part => part is "." or ".." or "" || part.Contains('/'))) return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();
}
