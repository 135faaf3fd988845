namespace Runtime.Hardware.Kernel.Gpio;

/// <summary>An open GPIO chip.</summary>
internal sealed class GpioChip : IDisposable
{
    private const string Consumer = "appliance";

    private readonly DeviceFile _file;

    private GpioChip(DeviceFile file)
    {
        _file = file;
        var info = new byte[GpioAbi.ChipInfoSize];
        file.Control(GpioAbi.ChipInfo, info, "asked what it is");
        (Name, Label, Lines) = GpioAbi.Chip(info);
    }

    /// <summary>As the kernel calls it: gpiochip0.</summary>
    public string Name { get; }

    /// <summary>What it is: pinctrl-bcm2711.</summary>
    public string Label { get; }

    /// <summary>How many lines it has.</summary>
    public uint Lines { get; }

    /// <summary>Opens a chip of a folder of devices.</summary>
    /// <exception cref="HardwareException">It is none.</exception>
    public static GpioChip Open(string folder, string name)
    {
        var file = DeviceFile.Open(Path.Combine(folder, name));
        try
        {
            return new GpioChip(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The names of all chips, by number.</summary>
    public static IEnumerable<string> Names(string folder) => !Directory.Exists(folder) ? [] :
        Directory.EnumerateFiles(folder, "gpiochip*").Select(path => Path.GetFileName(path)).OrderBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal);

    /// <summary>A line's name, who uses it, its flags.</summary>
    /// <exception cref="HardwareException">There is no such line.</exception>
    public (string Name, string Consumer, ulong Flags) Line(uint line)
    {
        var info = GpioAbi.Ask(line);
        _file.Control(GpioAbi.LineInfo, info, $"asked about its line {line}");
        return GpioAbi.Line(info);
    }

    /// <summary>The line of that number or name, or null.</summary>
    public uint? Find(string line)
    {
        if (uint.TryParse(line, out var number) && number < Lines) return number;
        for (var i = 0u; i < Lines; i++)
        {
            if (Line(i).Name == line) return i;
        }
        return null;
    }

    /// <summary>Takes a line for this process alone, until its file is closed.</summary>
    /// <exception cref="HardwareException">Somebody else has it, or the chip cannot do that.</exception>
    public DeviceFile Take(uint line, byte[] config)
    {
        var request = GpioAbi.Request(line, Consumer, config);
        var used = Line(line);
        if ((used.Flags & GpioAbi.Used) != 0) throw new HardwareException($"Line {line} of {Name} is in use by {(used.Consumer.Length > 0 ? used.Consumer : "the kernel")}.");
        _file.Control(GpioAbi.LineRequest, request, $"asked for its line {line}");
        return DeviceFile.Of(GpioAbi.FileOf(request), $"{_file.Path} line {line}");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
