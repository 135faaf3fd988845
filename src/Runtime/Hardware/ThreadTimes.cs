using System.Globalization;

namespace Runtime.Hardware;

/// <summary>Processor time of each thread of this process, as Linux counts it (<c>/proc/self/task</c>, proc(5)).</summary>
/// <param name="Id">The kernel's number of the thread.</param>
/// <param name="Name">Its name; several may have one.</param>
/// <param name="CpuMs">Milliseconds it has run.</param>
public sealed record ThreadTimes(int Id, string Name, long CpuMs)
{
    private const long MsPerTick = 10;

    /// <summary>All threads of now.</summary>
    public static IReadOnlyList<ThreadTimes> Read(string tasks = "/proc/self/task")
    {
        var threads = new List<ThreadTimes>();
        if (!Directory.Exists(tasks)) return threads;
        foreach (var task in Directory.EnumerateDirectories(tasks))
        {
            if (Parse(task) is { } thread) threads.Add(thread);
        }
        return threads;
    }

    private static ThreadTimes? Parse(string task)
    {
        try
        {
            // "id (name) state ppid …": a name may hold blanks and brackets, so what counts is the last bracket. utime and stime are fields 14 and 15.
            var line = File.ReadAllText(Path.Combine(task, "stat"));
            var (begin, end) = (line.IndexOf('(', StringComparison.Ordinal), line.LastIndexOf(')'));
            var rest = line[(end + 2)..].Split(' ');
            var ticks = long.Parse(rest[11], CultureInfo.InvariantCulture) + long.Parse(rest[12], CultureInfo.InvariantCulture);
            return new(int.Parse(line[..begin].Trim(), CultureInfo.InvariantCulture), line[(begin + 1)..end], ticks * MsPerTick);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            // It has ended meanwhile.
            return null;
        }
    }
}
