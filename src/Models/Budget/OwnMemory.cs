using System.Globalization;
using System.Runtime;
using Models.Onnx;

namespace Models.Budget;

/// <summary>This process's own memory. Safe for several threads.</summary>
public static class OwnMemory
{
    /// <summary>Gives back to the kernel what was freed: neither the collector nor the C library does at once by itself.</summary>
    public static void Trim()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (OperatingSystem.IsLinux()) _ = Libc.TrimHeap(0);
    }

    /// <summary>
    /// After the start: gives back what it left behind, and unmaps the program's own pages, most of which only the start needed. Those that
    /// are needed again come from the file's cache, sixteen at a time, for less than a millisecond in all.
    /// </summary>
    public static void TrimAfterStart()
    {
        Trim();
        if (!OperatingSystem.IsLinux() || Environment.ProcessPath is not { } program) return;
        try
        {
            // proc(5): "address perms offset dev inode pathname", then "Name: N kB" lines. A mapping with no page of its own (Anonymous) holds
            // nothing but what is in the file.
            var (start, length) = (0L, 0L);
            foreach (var line in File.ReadLines("/proc/self/smaps"))
            {
                if (char.IsAsciiHexDigitLower(line[0]) && line.Split(' ', 2)[0].Split('-') is [var from, var to])
                {
                    start = long.Parse(from, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    length = line.EndsWith(program, StringComparison.Ordinal) ? long.Parse(to, NumberStyles.HexNumber, CultureInfo.InvariantCulture) - start : 0;
                }
                else if (length > 0 && line.StartsWith("Anonymous:", StringComparison.Ordinal) && line.EndsWith(" 0 kB", StringComparison.Ordinal))
                {
                    Libc.Discard((nint)start, (nint)length);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without /proc they stay where they are.
        }
    }
}
