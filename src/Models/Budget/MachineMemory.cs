using System.Globalization;

namespace Models.Budget;

/// <summary>
/// Reads what this machine, and the cgroup the process is in, still has to give: /proc/meminfo, cgroup v1 and v2 limits, pressure stall
/// information. Safe for several threads.
/// </summary>
/// <param name="root">Where /proc and /sys are; tests give a tree of their own.</param>
public sealed class MachineMemory(string root = "/")
{
    // cgroup v1 writes "no limit" as the largest multiple of a page; nothing real comes near.
    private const long NoLimit = 1L << 60;

    /// <summary>This machine.</summary>
    public static MachineMemory Here { get; } = new();

    /// <summary>Bytes this process has resident now.</summary>
    public static long Resident => ReadKilobytes("/proc/self/status", "VmRSS:") ?? Environment.WorkingSet;

    /// <summary>Most bytes this process ever had resident.</summary>
    public static long PeakResident => ReadKilobytes("/proc/self/status", "VmHWM:") ?? Environment.WorkingSet;

    /// <summary>What there is now. What cannot be read is left out.</summary>
    public MemorySnapshot Read()
    {
        var meminfo = At("proc/meminfo");
        var total = ReadKilobytes(meminfo, "MemTotal:") ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var cgroups = Cgroups();
        var pressures = cgroups.Select(c => Path.Combine(c.Folder, "memory.pressure")).Take(1).Append(At("proc/pressure/memory"))
            .Select(ReadPressure).OfType<MemoryPressure>().ToList();
        return new MemorySnapshot(total, ReadKilobytes(meminfo, "MemAvailable:") ?? total)
        {
            Limit = cgroups.Select(ReadLimit).OfType<CgroupMemory>().MinBy(limit => limit.Room),
            Pressure = pressures.Count == 0 ? null : new(pressures.Max(p => p.Some), pressures.Max(p => p.Full)),
        };
    }

    private string At(string path) => Path.Combine(root, path);

    // Our own cgroup first, then those above it: each may set a limit. In a container /proc/self/cgroup may name a path that is only
    // there outside; then the root of the mount is ours.
    private List<Cgroup> Cgroups()
    {
        var cgroups = new List<Cgroup>();
        foreach (var line in ReadLines(At("proc/self/cgroup")))
        {
            // Hierarchy:controllers:path; version 2 is 0::path (cgroups(7)).
            if (line.Split(':', 3) is not [_, var controllers, var own]) continue;
            var isV2 = controllers.Length == 0;
            if (!isV2 && !controllers.Split(',').Contains("memory")) continue;
            var mount = At(isV2 ? "sys/fs/cgroup" : "sys/fs/cgroup/memory");
            if (isV2 && !File.Exists(Path.Combine(mount, "cgroup.controllers"))) mount = At("sys/fs/cgroup/unified");
            var parts = own.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "..").ToList();
            if (!Directory.Exists(Path.Combine([mount, .. parts]))) parts.Clear();
            for (var depth = parts.Count; depth >= 0; depth--)
                cgroups.Add(new(isV2, Path.Combine([mount, .. parts.Take(depth)])));
        }
        return cgroups;
    }

    private static CgroupMemory? ReadLimit(Cgroup cgroup)
    {
        var stat = ReadLines(Path.Combine(cgroup.Folder, "memory.stat")).Select(line => line.Split(' '))
            .Where(parts => parts.Length == 2 && long.TryParse(parts[1], CultureInfo.InvariantCulture, out _))
            .ToDictionary(parts => parts[0], parts => long.Parse(parts[1], CultureInfo.InvariantCulture));
        var prefix = cgroup.IsV2 ? "" : "total_";
        var droppable = stat.GetValueOrDefault(prefix + "inactive_file") + stat.GetValueOrDefault(prefix + "active_file");
        // Above memory.high a process is not killed but slowed down until it hardly moves; to a program that is the same.
        var limit = cgroup.IsV2
            ? Math.Min(ReadNumber(cgroup, "memory.max") ?? NoLimit, ReadNumber(cgroup, "memory.high") ?? NoLimit)
            : Math.Min(ReadNumber(cgroup, "memory.limit_in_bytes") ?? NoLimit, stat.GetValueOrDefault("hierarchical_memory_limit", NoLimit));
        if (limit >= NoLimit) return null;
        var used = ReadNumber(cgroup, cgroup.IsV2 ? "memory.current" : "memory.usage_in_bytes") ?? 0;
        return new CgroupMemory(cgroup.Folder, limit, Math.Max(0, limit - used + droppable));
    }

    private static MemoryPressure? ReadPressure(string path)
    {
        double? some = null, full = null;
        foreach (var line in ReadLines(path))
        {
            var average = line.Split(' ').FirstOrDefault(part => part.StartsWith("avg10=", StringComparison.Ordinal));
            if (average is null || !double.TryParse(average.AsSpan(6), CultureInfo.InvariantCulture, out var percent)) continue;
            if (line.StartsWith("some ", StringComparison.Ordinal)) some = percent;
            if (line.StartsWith("full ", StringComparison.Ordinal)) full = percent;
        }
        return some is null && full is null ? null : new(some ?? 0, full ?? 0);
    }

    private static long? ReadKilobytes(string path, string key)
    {
        var line = ReadLines(path).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        if (line is null) return null;
        var number = line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(number, CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes * 1024 : null;
    }

    private static long? ReadNumber(Cgroup cgroup, string name) =>
        ReadLines(Path.Combine(cgroup.Folder, name)) is [var line] && long.TryParse(line, CultureInfo.InvariantCulture, out var value) ? value : null;

    // Files of /proc and /sys come and go with what they describe, and some kernels refuse to open a pressure file.
    private static string[] ReadLines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private readonly record struct Cgroup(bool IsV2, string Folder);
}
