using System.CommandLine;
using System.Text.Json;
using Appliance.Config;
using Models;
using Models.Store;
using Runtime.Hardware;
using Runtime.Hardware.Board;
using Runtime.Hardware.Kernel;
using Runtime.Hardware.Kernel.Buses;
using Runtime.Hardware.Kernel.Video;

namespace Appliance.Commands.Hardware;

// What is done at the machine itself, without a gateway: the kernel decides whether this user may.
internal static partial class HardwareCommand
{
    private static int ListFound(Terminal terminal, bool isJson)
    {
        var devices = new DeviceInventory().Read().ToList();
        if (isJson) terminal.WriteJson(JsonSerializer.SerializeToElement(devices.ConvertAll(device => new HardwareFound(device.At, device.What)), HardwareJson.Default.ListHardwareFound));
        else if (devices.Count == 0) terminal.Note("This machine has no pins, lights, buttons, sensors or buses that this user can see.");
        else terminal.WriteTable(["AT", "WHAT"], [.. devices.Select(device => new[] { device.At, device.What })]);
        return ExitCode.Ok;
    }

    private static Command SafeCommand()
    {
        var command = new Command("safe", "Set every pin that has a safe state to it, without a gateway: for after a crash (ExecStopPost= of the service).");
        command.SetAction(parsed =>
        {
            var terminal = Terminal.Of(parsed);
            var hardware = ConfigStore.Open(HomeFolder.Path).Config.Hardware;
            var pins = hardware.Simulate ? [] : hardware.ToSettings().Pins.Where(pin => pin is { IsOutput: true, Safe: not null }).ToList();
            var failed = 0;
            foreach (var pin in pins)
            {
                try
                {
                    using var open = new KernelDevices().Open(pin, pin.Safe);
                    terminal.WriteLine($"{pin.Name} is {PinLevel.Text(open.Read(), open.IsDimmed)}");
                }
                catch (HardwareException e)
                {
                    terminal.Note($"{pin.Name}: {e.Message}");
                    failed++;
                }
            }
            return failed == 0 ? ExitCode.Ok : ExitCode.Error;
        });
        return command;
    }

    private static Command I2cCommand()
    {
        var bus = new Argument<string>("bus") { HelpName = "BUS", Description = "The bus's number: 1 is /dev/i2c-1." };
        var address = new Argument<string>("address") { HelpName = "ADDRESS", Description = "Of the chip, as 0x48." };
        var write = new Option<string>("--write") { HelpName = "HEX", Description = "Bytes to write first, such as 0f or 00a1.", DefaultValueFactory = _ => "" };
        var read = new Option<int>("--read") { HelpName = "COUNT", Description = "Bytes to read then." };
        var word = new Option<string?>("--word") { HelpName = "REGISTER", Description = "Read two bytes of a register instead, by SMBus, such as 00." };
        var command = new Command("i2c", "Talk to a chip on I2C: write bytes, read bytes. Prints them in hexadecimal.") { bus, address, write, read, word };
        command.SetAction(parsed =>
        {
            var (bytes, count) = (BusBytes.Parse(parsed.GetValue(write)!), parsed.GetValue(read));
            if (count is < 0 or > 4096 || bytes.Length > 4096) throw new ModelException("I2C takes 4,096 bytes at once.");
            using var chip = new I2cDevice(parsed.GetValue(bus)!, parsed.GetValue(address)!);
            byte[] answer;
            if (parsed.GetValue(word) is { } register) answer = chip.ReadWord(BusBytes.Parse(register) is [var one] ? one : throw new ModelException("A register is one byte: 00.")) is var both ? [(byte)(both >> 8), (byte)both] : [];
            else answer = chip.Transfer(bytes, count);
            Terminal.Of(parsed).WriteLine(Convert.ToHexStringLower(answer));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command SpiCommand()
    {
        var device = new Argument<string>("device") { HelpName = "DEVICE", Description = "Bus and chip select: 0.0 is /dev/spidev0.0." };
        var bytes = new Argument<string>("bytes") { HelpName = "HEX", Description = "Bytes to send, such as 018000." };
        var speed = new Option<uint>("--speed") { HelpName = "HERTZ", Description = "How fast.", DefaultValueFactory = _ => 1_000_000 };
        var command = new Command("spi", "Send bytes to a chip on SPI and print as many that came back, in hexadecimal.") { device, bytes, speed };
        command.SetAction(parsed =>
        {
            var sent = BusBytes.Parse(parsed.GetValue(bytes)!);
            if (sent.Length is 0 or > 4096) throw new ModelException("SPI takes 1 to 4,096 bytes at once.");
            using var chip = new SpiDevice(parsed.GetValue(device)!, parsed.GetValue(speed));
            Terminal.Of(parsed).WriteLine(Convert.ToHexStringLower(chip.Transfer(sent, 0)));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command CameraCommand()
    {
        var device = new Argument<string>("device") { HelpName = "DEVICE", Description = "The camera: /dev/video0." };
        var file = new Argument<string>("file") { HelpName = "FILE", Description = "The JPEG to write." };
        var size = new Option<string>("--size") { HelpName = "WIDTHxHEIGHT", Description = "Pixels; the camera takes what it can that is nearest.", DefaultValueFactory = _ => "1280x720" };
        var command = new Command("camera", "Take one picture with a camera that knows MJPEG, as nearly every USB camera does.") { device, file, size };
        command.SetAction(parsed =>
        {
            if (!CameraSettings.TryParseSize(parsed.GetValue(size)!, out var pixels)) throw new ModelException("--size is of the form 1280x720.");
            var picture = Camera.Take(parsed.GetValue(device)!, pixels.Width, pixels.Height);
            File.WriteAllBytes(parsed.GetValue(file)!, picture);
            Terminal.Of(parsed).WriteLine($"{parsed.GetValue(file)}: {picture.Length:N0} bytes");
            return ExitCode.Ok;
        });
        return command;
    }
}
