using System.Globalization;

namespace Runtime.Sandbox.Kernel;

/// <summary>
/// A cgroup for one command, version 1 or 2, whichever lets this process make one: limits memory, processes and processor over all that
/// the command starts, and names all of them when it is to end.
/// </summary>
internal sealed class CommandCgroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";

    private readonly List<string> _folders;

    private CommandCgroup(List<string> folders) => _folders = folders;

    /// <summary>The version in which one can be made here, or null.</summary>
    public static string? Version { get; } = Probe();

    /// <summary>All processes in it.</summary>
    public IEnumerable<int> Processes => _folders.SelectMany(folder => Read(Path.Combine(folder, "cgroup.procs"))).Distinct();

    /// <summary>Makes one, or null where this machine does not let it.</summary>
    public static CommandCgroup? TryMake(SandboxLimits limits)
    {
        var name = $"appliance-exec-{Guid.NewGuid():N}";
        return Version switch { "v2" => V2(name, limits), "v1" => V1(name, limits), _ => null };
    }

    /// <summary>Moves a process in.</summary>
    public void Take(int process)
    {
        foreach (var folder in _folders) TryWrite(Path.Combine(folder, "cgroup.procs"), process.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Removes it. What was killed takes a moment to be gone, and the folder cannot be removed before: this waits for it, a second at most.</summary>
    public void Dispose()
    {
        foreach (var folder in _folders)
        {
            for (var tries = 0; tries < 100 && !TryDelete(folder); tries++) Thread.Sleep(10);
        }
    }

    private static bool TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static CommandCgroup? V2(string name, SandboxLimits limits)
    {
        foreach (var parent in V2Parents())
        {
            TryWrite(Path.Combine(parent, "cgroup.subtree_control"), "+memory +pids +cpu");
            var folder = Path.Combine(parent, name);
            if (!TryCreate(folder)) continue;
            if (File.Exists(Path.Combine(folder, "memory.max")) && File.Exists(Path.Combine(folder, "pids.max")))
            {
                TryWrite(Path.Combine(folder, "memory.max"), Number(limits.Memory));
                TryWrite(Path.Combine(folder, "memory.swap.max"), "0");
                TryWrite(Path.Combine(folder, "memory.oom.group"), "1");
                TryWrite(Path.Combine(folder, "pids.max"), Number(limits.Processes));
                return new CommandCgroup([folder]);
            }
            Directory.Delete(folder);
        }
        return null;
    }

    private static CommandCgroup? V1(string name, SandboxLimits limits)
    {
        var folders = new List<string>();
        foreach (var controller in new[] { "memory", "pids" })
        {
            var folder = Path.Combine(Root, controller, name);
            if (TryCreate(folder)) folders.Add(folder);
        }
        var group = new CommandCgroup(folders);
        if (folders.Count == 2 && TryWrite(Path.Combine(folders[0], "memory.limit_in_bytes"), Number(limits.Memory)) && TryWrite(Path.Combine(folders[1], "pids.max"), Number(limits.Processes))) return group;
        group.Dispose();
        return null;
    }

    /// <summary>Where this process is, and above: a service manager that delegates gives the one or the other.</summary>
    private static IEnumerable<string> V2Parents()
    {
        if (!File.Exists(Path.Combine(Root, "cgroup.controllers"))) yield break;
        var own = Lines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal)) is { } line ? Root + line[3..].TrimEnd('/') : Root;
        yield return own;
        if (own.Length > Root.Length) yield return Path.GetDirectoryName(own)!;
    }

    private static string? Probe()
    {
        if (!OperatingSystem.IsLinux()) return null;
        if (V2("appliance-exec-probe", new SandboxLimits()) is { } second)
        {
            second.Dispose();
            return "v2";
        }
        if (V1("appliance-exec-probe", new SandboxLimits()) is not { } first) return null;
        first.Dispose();
        return "v1";
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<int> Read(string path) => Lines(path).Select(line => int.TryParse(line, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0);

    private static string[] Lines(string path)
    {
        try { return File.ReadAllLines(path); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return []; }
    }

    private static bool TryCreate(string folder)
    {
        try { return Directory.Exists(Path.GetDirectoryName(folder)) && Directory.CreateDirectory(folder).Exists; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return false; }
    }

    private static bool TryWrite(string path, string text)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(text));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return false; }
    }
}
