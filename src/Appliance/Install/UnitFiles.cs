using System.Globalization;
using System.Text;
using Models.Budget;

namespace Appliance.Install;

/// <summary>The files that systemd reads, as they lie in <c>firmware-scripts/units</c> and in this program, and what is added for one machine.</summary>
internal static class UnitFiles
{
    // As the units name it; the Debian package installs it there.
    private const string PackagedProgram = "/usr/bin/appliance";

    /// <summary>A unit that starts the program where it is.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="program">The program's path.</param>
    public static string Unit(string name, string program) => string.Join('\n', Read(name).Split('\n').Select(line =>
        line.StartsWith("Exec", StringComparison.Ordinal) ? line.Replace($"{PackagedProgram} ", $"{Quote(program)} ", StringComparison.Ordinal) : line));

    /// <summary>A file as it is.</summary>
    public static string Read(string name)
    {
        using var stream = typeof(UnitFiles).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in this program.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>
    /// What one machine adds to the unit: its memory in numbers, by the rule of every model's plan (<see cref="MemoryPlan.Reserve"/>), and the
    /// hardware that is enabled.
    /// </summary>
    /// <param name="memory">Bytes of memory of the machine.</param>
    /// <param name="hardware">What the service is let to.</param>
    public static string ForMachine(long memory, IReadOnlyList<HardwareKind> hardware)
    {
        var most = memory - MemoryPlan.Reserve(memory);
        var text = new StringBuilder("# What `appliance install` found on this machine; it writes this file anew each time.\n[Service]\n");
        text.Append(CultureInfo.InvariantCulture, $"MemoryHigh={(most - MemoryPlan.Reserve(most)) >> 20}M\nMemoryMax={most >> 20}M\n");
        if (hardware.Any(kind => kind.Settings.Any(line => line.StartsWith("DeviceAllow=", StringComparison.Ordinal)))) text.Append("PrivateDevices=no\n");
        foreach (var line in hardware.SelectMany(kind => kind.Settings).Distinct()) text.Append(line).Append('\n');
        return text.ToString();
    }

    // systemd.service(5), COMMAND LINES: a percent sign is doubled, and what has blanks stands in quotes.
    private static string Quote(string path)
    {
        var text = path.Replace("%", "%%", StringComparison.Ordinal);
        return text.Any(c => char.IsWhiteSpace(c) || c is '"' or '\'' or '\\' or ';' or '$') ? $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal)}\"" : text;
    }
}
