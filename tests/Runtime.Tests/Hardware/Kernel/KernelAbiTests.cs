using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Runtime.Hardware.Kernel.Buses;
using Runtime.Hardware.Kernel.Gpio;
using TestKit;

namespace Runtime.Tests.Hardware.Kernel;

/// <summary>What the kernel is told, byte by byte: held to the C headers of this machine, where it has them.</summary>
public sealed class KernelAbiTests
{
    [Fact]
    public async Task Structures_AreThoseOfTheKernelsHeaders()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["abi.c"], """
            #include <linux/gpio.h>
            #include <linux/spi/spidev.h>
            #include <stdio.h>
            #include <string.h>
            static void show(const void *at, size_t size) { const unsigned char *p = at; while (size--) printf("%02x", *p++); printf("\n"); }
            int main(void) {
              printf("%lx %lx %lx %lx %lx %lx\n", (long)GPIO_GET_CHIPINFO_IOCTL, (long)GPIO_V2_GET_LINEINFO_IOCTL, (long)GPIO_V2_GET_LINE_IOCTL, (long)GPIO_V2_LINE_SET_CONFIG_IOCTL, (long)GPIO_V2_LINE_GET_VALUES_IOCTL, (long)GPIO_V2_LINE_SET_VALUES_IOCTL);
              struct gpio_v2_line_request r; memset(&r, 0, sizeof r);
              r.offsets[0] = 17; strcpy(r.consumer, "appliance"); r.num_lines = 1;
              r.config.flags = GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_ACTIVE_LOW | GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING | GPIO_V2_LINE_FLAG_BIAS_PULL_UP;
              r.config.num_attrs = 2;
              r.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES; r.config.attrs[0].attr.values = 1; r.config.attrs[0].mask = 1;
              r.config.attrs[1].attr.id = GPIO_V2_LINE_ATTR_ID_DEBOUNCE; r.config.attrs[1].attr.debounce_period_us = 20000; r.config.attrs[1].mask = 1;
              show(&r, sizeof r);
              struct gpio_v2_line_values v = { .bits = 1, .mask = 1 }; show(&v, sizeof v);
              struct gpio_v2_line_info i; memset(&i, 0, sizeof i); i.offset = 5; show(&i, sizeof i);
              struct spi_ioc_transfer s; memset(&s, 0, sizeof s); s.tx_buf = 1; s.rx_buf = 2; s.len = 3; s.speed_hz = 4; s.bits_per_word = 8; show(&s, sizeof s);
              return 0;
            }
            """);
        if (!File.Exists("/usr/include/linux/gpio.h") || await RunAsync("cc", "-o", folder["abi"], folder["abi.c"]) is null) return;

        var lines = (await RunAsync(folder["abi"]))!.Split('\n');

        Assert.Equal($"{GpioAbi.ChipInfo:x} {GpioAbi.LineInfo:x} {GpioAbi.LineRequest:x} {GpioAbi.SetConfig:x} {GpioAbi.GetValues:x} {GpioAbi.SetValues:x}", lines[0]);
        var config = GpioAbi.Config(GpioAbi.Input | GpioAbi.ActiveLow | GpioAbi.Rising | GpioAbi.Falling | GpioAbi.PullUp, true, TimeSpan.FromMilliseconds(20));
        Assert.Equal(lines[1], Convert.ToHexStringLower(GpioAbi.Request(17, "appliance", config)));
        Assert.Equal(lines[2], Convert.ToHexStringLower(GpioAbi.Values(true)));
        Assert.Equal(lines[3], Convert.ToHexStringLower(GpioAbi.Ask(5)));
        Assert.Equal(lines[4], Convert.ToHexStringLower(SpiDevice.Call(1, 2, 3, 4)));
    }

    [Fact]
    public void Mcp3008_OfAnyAnswer_IsTenBits() => Prop.ForAll<byte, byte, byte>((a, b, c) =>
        Mcp3008Sensor.Parse([a, b, c]) == (((b & 3) << 8) | c)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("T: 21.5 C", 21.5)]
    [InlineData("-3", -3.0)]
    [InlineData("1;2;3.25;", 3.25)]
    [InlineData("nothing", null)]
    [InlineData("", null)]
    [InlineData("1..2", null)]
    public void LastNumber_OfALine_IsTheLastOne(string line, double? number) => Assert.Equal(number, SerialSensor.LastNumber(line));

    [Fact]
    public void LastNumber_OfAnyNumberWithWordsAround_IsThatNumber() => Prop.ForAll<int, NonNull<string>>((number, before) =>
        SerialSensor.LastNumber($"{before.Get} {number / 100m} mm") is { } read && Math.Abs(read - (number / 100.0)) < 0.001).QuickCheckThrowOnFailure();

    private static async Task<string?> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
