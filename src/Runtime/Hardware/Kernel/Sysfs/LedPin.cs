using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Sysfs;

/// <summary>A light of <c>/sys/class/leds</c>. The kernel keeps it as it is when this process ends.</summary>
internal sealed class LedPin : IPin
{
    private readonly string _folder;
    private readonly double _brightest;

    /// <summary>Finds it.</summary>
    /// <exception cref="HardwareException">It is not there.</exception>
    public LedPin(string sys, PinSettings settings, int? initial)
    {
        _folder = Path.Combine(sys, "class/leds", settings.At.Parts[0]);
        _brightest = Math.Max(1, SysFile.Number(Path.Combine(_folder, "max_brightness")));
        if (initial is { } percent) Write(percent);
    }

    public bool IsDimmed => _brightest > 1;

    public int Read() => (int)Math.Round(SysFile.Number(Path.Combine(_folder, "brightness")) * PinLevel.On / _brightest);

    public void Write(int percent)
    {
        // What the kernel blinks it for (a disk, a heartbeat) would have it back.
        var trigger = Path.Combine(_folder, "trigger");
        if (SysFile.Find(trigger) is { } text && !text.Contains("[none]", StringComparison.Ordinal)) SysFile.Write(trigger, "none");
        SysFile.Write(Path.Combine(_folder, "brightness"), percent == 0 ? 0 : Math.Max(1, (long)Math.Round(percent * _brightest / PinLevel.On)));
    }

    public void Watch(Action<int> changed) => throw new HardwareException("A light tells of nothing.");

    public void Dispose() { }
}
