using System.Globalization;

namespace Runtime.Hardware;

/// <summary>What Linux counts of the whole machine since it started, read from <c>/proc</c> and <c>/sys</c>. What a board does not tell is null or 0.</summary>
/// <param name="BusyMs">Processor time in which something ran, all processors together, milliseconds.</param>
/// <param name="TotalMs">All processor time, milliseconds.</param>
/// <param name="ReceivedBytes">Bytes that came by the network, this machine's talk to itself left out.</param>
/// <param name="SentBytes">Bytes that went.</param>
/// <param name="MilliCelsius">The hottest sensor of the processor or the board.</param>
public sealed record MachineCounters(long BusyMs, long TotalMs, long ReceivedBytes, long SentBytes, long? MilliCelsius)
{
    // USER_HZ, which is 100 on every Linux that /proc shows to programs.
    private const long MsPerTick = 10;

    /// <summary>Reads them below a root, by default the machine's own.</summary>
    public static MachineCounters Read(string root = "/")
    {
        // "cpu  user nice system idle iowait irq softirq steal guest guest_nice", guests being counted in user already (proc(5)).
        var times = Fields(Lines(Path.Combine(root, "proc/stat")).FirstOrDefault() ?? "").Skip(1).Take(8).Select(Number).ToArray();
        var (total, idle) = (times.Sum(), times.Skip(3).Take(2).Sum());
        var (received, sent) = Network(root);
        return new((total - idle) * MsPerTick, total * MsPerTick, received, sent, Hottest(root));
    }

    private static (long Received, long Sent) Network(string root)
    {
        // "  eth0: bytes packets errs drop fifo frame compressed multicast  bytes …" after two lines of head.
        var interfaces = Lines(Path.Combine(root, "proc/net/dev")).Skip(2).Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2)
            .Select(parts => (Name: parts[0].Trim(), Counts: Fields(parts[1]))).Where(line => line.Name != "lo" && line.Counts.Length > 8).ToArray();
        // Bridges and tunnels carry what a card carries too; where there is no card (in a container), what there is counts.
        var cards = interfaces.Where(line => Directory.Exists(Path.Combine(root, "sys/class/net", line.Name, "device"))).ToArray();
        var counted = cards.Length > 0 ? cards : interfaces;
        return (counted.Sum(line => Number(line.Counts[0])), counted.Sum(line => Number(line.Counts[8])));
    }

    private static long? Hottest(string root)
    {
        long? hottest = null;
        var sensors = Files(Path.Combine(root, "sys/class/thermal"), "thermal_zone*", "temp").Concat(Files(Path.Combine(root, "sys/class/hwmon"), "hwmon*", "temp*_input"));
        foreach (var sensor in sensors)
        {
            // Some sensors that are not connected say 0 or thousands of degrees.
            if (Lines(sensor).FirstOrDefault() is { } line && long.TryParse(line, CultureInfo.InvariantCulture, out var value) && value is > 1_000 and < 150_000 && !(hottest > value)) hottest = value;
        }
        return hottest;
    }

    private static IEnumerable<string> Files(string folder, string pattern, string name) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, pattern).SelectMany(sensor => Directory.EnumerateFiles(sensor, name)) : [];

    private static string[] Lines(string path)
    {
        try { return File.ReadAllLines(path); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return []; }
    }

    private static string[] Fields(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static long Number(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
