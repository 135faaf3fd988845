using System.Globalization;
using System.Net.NetworkInformation;
using System.Text;
using Models.Budget;
using Runtime.Hardware.Power;

namespace Runtime.Hardware;

/// <summary>How this machine does, for a person to read: what <c>/proc</c>, <c>/sys</c> and the file system tell of it.</summary>
public static class DeviceReport
{
    /// <summary>Processor, memory, disk, heat and how long it runs. What a board does not tell is left out.</summary>
    /// <param name="before">Counters of a moment before, to say what the processor did since.</param>
    /// <param name="folder">A folder on the disk that matters.</param>
    /// <param name="power">How much the machine is spared.</param>
    /// <param name="root">Where <c>/proc</c> and <c>/sys</c> are; tests give a tree of their own.</param>
    public static string Make(MachineCounters before, string folder, PowerState? power = null, string root = "/")
    {
        var (now, memory, text) = (MachineCounters.Read(root), new MachineMemory(root).Read(), new StringBuilder());
        if ((Line(root, "sys/firmware/devicetree/base/model") ?? Line(root, "sys/class/dmi/id/product_name")) is { } model) text.Append(CultureInfo.InvariantCulture, $"Device: {model}\n");
        var busy = now.TotalMs > before.TotalMs ? $", {100.0 * (now.BusyMs - before.BusyMs) / (now.TotalMs - before.TotalMs):0} % busy" : "";
        var load = Line(root, "proc/loadavg")?.Split(' ') is [var one, var five, var fifteen, ..] ? $", load {one} {five} {fifteen}" : "";
        text.Append(CultureInfo.InvariantCulture, $"Processor: {Environment.ProcessorCount} cores{busy}{load}\n");
        text.Append(CultureInfo.InvariantCulture, $"Memory: {Size(memory.Room)} of {Size(memory.Capacity)} free\n");
        if (Disk(folder) is { } disk) text.Append(CultureInfo.InvariantCulture, $"Disk: {Size(disk.AvailableFreeSpace)} of {Size(disk.TotalSize)} free\n");
        if (now.MilliCelsius is { } heat) text.Append(CultureInfo.InvariantCulture, $"Temperature: {heat / 1000.0:0.0} °C\n");
        var board = PowerSensors.Read(root);
        if (board.Throttle != ThrottleFlags.None) text.Append(CultureInfo.InvariantCulture, $"Held back: {board.Throttle}\n");
        if (board.BatteryPercent is { } percent) text.Append(CultureInfo.InvariantCulture, $"Battery: {percent} %, {(board.IsOnBattery ? "discharging" : "on mains")}\n");
        if (power is { Reason: { } reason }) text.Append(CultureInfo.InvariantCulture, $"Spared: it {reason}, so models work {100 * power.Duty:0} % of their time\n");
        if (Line(root, "proc/uptime")?.Split(' ')[0] is { } up && double.TryParse(up, CultureInfo.InvariantCulture, out var seconds))
            text.Append(CultureInfo.InvariantCulture, $"Up for: {(int)(seconds / 86400)} days {TimeSpan.FromSeconds(seconds % 86400):hh\\:mm}\n");
        return text.ToString();
    }

    /// <summary>The addresses of this machine in its networks, one network card a line.</summary>
    public static string Addresses() => string.Concat(NetworkInterface.GetAllNetworkInterfaces()
        .Where(card => card.OperationalStatus == OperationalStatus.Up && card.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .Select(card => $"{card.Name}: {string.Join(' ', card.GetIPProperties().UnicastAddresses.Select(a => a.Address))}\n"));

    private static DriveInfo? Disk(string folder)
    {
        // The folder itself may not be there yet.
        while (folder.Length > 1 && !Directory.Exists(folder)) folder = Path.GetDirectoryName(folder) ?? "/";
        try
        {
            var disk = new DriveInfo(folder);
            return disk.TotalSize > 0 ? disk : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Size(long bytes) => bytes >= 1L << 30 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB") : $"{bytes >> 20} MiB";

    private static string? Line(string root, string path)
    {
        try { return File.ReadAllLines(Path.Combine(root, path)).FirstOrDefault()?.Trim('\0', ' ') is { Length: > 0 } line ? line : null; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }
}
