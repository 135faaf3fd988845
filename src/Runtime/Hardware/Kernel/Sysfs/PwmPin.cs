using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Sysfs;

/// <summary>A channel of <c>/sys/class/pwm</c>: a fan, a buzzer, a dimmed light. The kernel keeps it as it is when this process ends.</summary>
internal sealed class PwmPin : IPin
{
    private readonly string _folder;
    private readonly PinSettings _settings;
    private readonly long _period;

    /// <summary>Takes it, and gives it its frequency.</summary>
    /// <exception cref="HardwareException">It is not there, or cannot do that frequency.</exception>
    public PwmPin(string sys, PinSettings settings, int? initial)
    {
        var chip = Path.Combine(sys, "class/pwm", settings.At.Parts[0]);
        (_settings, _folder, _period) = (settings, Path.Combine(chip, $"pwm{settings.At.Parts[1]}"), 1_000_000_000L / settings.Frequency);
        if (!Directory.Exists(_folder)) SysFile.Write(Path.Combine(chip, "export"), settings.At.Parts[1]);
        // What is to stay as it is keeps its share of the period.
        var percent = initial ?? (SysFile.Number(At("period")) > 0 ? Read() : PinLevel.Off);
        // The kernel takes no period that is shorter than the time it is on, so that goes first.
        SysFile.Write(At("duty_cycle"), 0);
        SysFile.Write(At("period"), _period);
        Write(percent);
    }

    public bool IsDimmed => true;

    public int Read()
    {
        var period = SysFile.Number(At("period"));
        var percent = SysFile.Read(At("enable")) != "1" || period <= 0 ? PinLevel.Off : (int)Math.Round(SysFile.Number(At("duty_cycle")) * PinLevel.On / period);
        return Turned(percent);
    }

    public void Write(int percent)
    {
        SysFile.Write(At("duty_cycle"), _period * Turned(percent) / PinLevel.On);
        SysFile.Write(At("enable"), 1);
    }

    public void Watch(Action<int> changed) => throw new HardwareException("What dims tells of nothing.");

    public void Dispose() { }

    // Many drivers know no inverted polarity; the other share of the period is the same.
    private int Turned(int percent) => _settings.IsActiveLow ? PinLevel.On - percent : percent;

    private string At(string name) => Path.Combine(_folder, name);
}
