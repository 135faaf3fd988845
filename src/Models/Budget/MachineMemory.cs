using System.Globalization;

namespace Models.Budget;

/// <summary>What this machine, or the cgroup the process is in, still has to give.</summary>
public static class MachineMemory
{
    /// <summary>Bytes that can be taken without swapping: MemAvailable, or what the cgroup's limit leaves where that is less.</summary>
    public static long Available
    {
        get
        {
            var machine = ReadKilobytes("/proc/meminfo", "MemAvailable:") ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            return Math.Min(machine, CgroupRoom() ?? long.MaxValue);
        }
    }

    /// <summary>Bytes this process has resident now.</summary>
    public static long Resident => ReadKilobytes("/proc/self/status", "VmRSS:") ?? Environment.WorkingSet;

    /// <summary>Most bytes this process ever had resident.</summary>
    public static long PeakResident => ReadKilobytes("/proc/self/status", "VmHWM:") ?? Environment.WorkingSet;

    private static long? ReadKilobytes(string path, string key)
    {
        if (!File.Exists(path)) return null;
        foreach (var line in File.ReadLines(path))
        {
            if (!line.StartsWith(key, StringComparison.Ordinal)) continue;
            var kilobytes = line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
            return long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024;
        }
        return null;
    }

    // cgroup v2: the nearest limit on the way to the root. File pages of this cgroup can be dropped, so they count as room.
    private static long? CgroupRoom()
    {
        try
        {
            var own = File.ReadLines("/proc/self/cgroup").FirstOrDefault(l => l.StartsWith("0::", StringComparison.Ordinal));
            if (own is null) return null;
            long? room = null;
            for (var path = "/sys/fs/cgroup" + own[3..]; path.StartsWith("/sys/fs/cgroup", StringComparison.Ordinal); path = Path.GetDirectoryName(path) ?? "")
            {
                if (ReadLong(Path.Combine(path, "memory.max")) is not { } limit) continue;
                var used = ReadLong(Path.Combine(path, "memory.current")) ?? 0;
                room = Math.Min(room ?? long.MaxValue, Math.Max(0, limit - used + FilePages(path)));
            }
            return room;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long FilePages(string cgroup)
    {
        var line = File.ReadLines(Path.Combine(cgroup, "memory.stat")).FirstOrDefault(l => l.StartsWith("inactive_file ", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.AsSpan(14), CultureInfo.InvariantCulture);
    }

    private static long? ReadLong(string path) =>
        File.Exists(path) && long.TryParse(File.ReadAllText(path).Trim(), CultureInfo.InvariantCulture, out var value) ? value : null;
}
