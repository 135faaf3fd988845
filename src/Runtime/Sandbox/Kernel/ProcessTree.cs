using System.Globalization;

namespace Runtime.Sandbox.Kernel;

/// <summary>Finds what a command left behind: processes that carry its mark in the environment they were started with.</summary>
internal static class ProcessTree
{
    /// <summary>The variable that marks the processes of a command.</summary>
    public const string Mark = "APPLIANCE_EXEC";

    /// <summary>Ends the group and all that carries the mark or is in the cgroup; again until nothing is found.</summary>
    public static void Kill(IEnumerable<int> groups, string mark, CommandCgroup? cgroup)
    {
        foreach (var group in groups) _ = Native.Kill(-group, 9);
        for (var round = 0; round < 20; round++)
        {
            var found = Marked(mark).Concat(cgroup?.Processes ?? []).Where(id => id != Environment.ProcessId).Distinct().ToList();
            foreach (var process in found) _ = Native.Kill(process, 9);
            if (found.Count == 0) return;
        }
    }

    private static IEnumerable<int> Marked(string mark)
    {
        var wanted = System.Text.Encoding.ASCII.GetBytes($"{Mark}={mark}");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)) continue;
            if (Environ(folder).AsSpan().IndexOf(wanted) >= 0) yield return id;
        }
    }

    private static byte[] Environ(string folder)
    {
        try { return File.ReadAllBytes(folder + "/environ"); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return []; }
    }
}
