using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Gpio;

/// <summary>A line of a GPIO chip. The kernel keeps it for this process while it is open; what it is at afterwards is its driver's affair.</summary>
internal sealed class GpioPin : IPin
{
    private readonly DeviceFile _line;
    private readonly PinSettings _settings;
    private DeviceWatch? _watch;

    private GpioPin(DeviceFile line, PinSettings settings) => (_line, _settings) = (line, settings);

    public bool IsDimmed => false;

    /// <summary>Takes the line.</summary>
    /// <exception cref="HardwareException">It is not there, or in use.</exception>
    public static GpioPin Open(string folder, PinSettings settings, int? initial)
    {
        var (chip, number) = Find(folder, settings.At.Parts);
        using (chip)
        {
            if (!settings.IsOutput) return new GpioPin(chip.Take(number, GpioAbi.Config(Flags(settings) | GpioAbi.Input, null, settings.Debounce)), settings);
            if (initial is { } percent) return new GpioPin(chip.Take(number, GpioAbi.Config(Flags(settings) | GpioAbi.Output, percent > 0, TimeSpan.Zero)), settings);
            // An output that is to be left as it is: the kernel drives 0 where it is told nothing, so what it is at is read first.
            var line = chip.Take(number, GpioAbi.Config(Flags(settings) & GpioAbi.ActiveLow, null, TimeSpan.Zero));
            var pin = new GpioPin(line, settings);
            line.Control(GpioAbi.SetConfig, GpioAbi.Config(Flags(settings) | GpioAbi.Output, pin.Read() > 0, TimeSpan.Zero), "driven");
            return pin;
        }
    }

    public int Read()
    {
        var values = GpioAbi.Values(false);
        _line.Control(GpioAbi.GetValues, values, "read");
        return GpioAbi.ValueOf(values) ? PinLevel.On : PinLevel.Off;
    }

    public void Write(int percent) => _line.Control(GpioAbi.SetValues, GpioAbi.Values(percent > 0), "set");

    public void Watch(Action<int> changed)
    {
        _line.Control(GpioAbi.SetConfig, GpioAbi.Config(Flags(_settings) | GpioAbi.Input | GpioAbi.Rising | GpioAbi.Falling, null, _settings.Debounce), "listened to");
        var happened = new byte[GpioAbi.EventSize];
        _watch = new DeviceWatch(_line, () =>
        {
            if (_line.Read(happened) == happened.Length) changed(GpioAbi.IsRising(happened) ? PinLevel.On : PinLevel.Off);
        }, _settings.Name);
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _line.Dispose();
    }

    private static ulong Flags(PinSettings settings) => (settings.IsActiveLow ? GpioAbi.ActiveLow : 0) | settings.Bias switch
    {
        PinBias.PullUp => GpioAbi.PullUp,
        PinBias.PullDown => GpioAbi.PullDown,
        PinBias.None => GpioAbi.NoBias,
        _ => 0,
    };

    // A chip and a line, or a line's name on whichever chip has it.
    private static (GpioChip Chip, uint Line) Find(string folder, IReadOnlyList<string> parts)
    {
        foreach (var name in parts.Count == 2 ? [parts[0]] : GpioChip.Names(folder))
        {
            var chip = GpioChip.Open(folder, name);
            if (chip.Find(parts[^1]) is { } line && (parts.Count == 2 || !uint.TryParse(parts[0], out _))) return (chip, line);
            chip.Dispose();
        }
        throw new HardwareException($"There is no line {parts[^1]} {(parts.Count == 2 ? $"on {parts[0]}" : "on any chip")}; `appliance hardware list --found` shows what there is.");
    }
}
