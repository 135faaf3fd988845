using System.Diagnostics;
using Models.Egress;

namespace Appliance.Hosting.Offline;

/// <summary>A way out of the box that was tried.</summary>
/// <param name="What">Which, in words.</param>
/// <param name="IsShut">True where it is shut.</param>
internal sealed record WayOut(string What, bool IsShut)
{
    // The hidden command by which a child tells what became of its own tries.
    public const string ChildCommand = "try";

    /// <summary>
    /// Tries the ways that pass by this program's own rules, in this process and in one that it starts, on the calling thread and the thread's
    /// lock. None where the kernel's lock is not whole: what is tried would leave the box.
    /// </summary>
    /// <param name="openPorts">TCP ports the lock leaves open.</param>
    /// <param name="program">This program, for the child; null where it cannot be started.</param>
    public static IReadOnlyList<WayOut> TryOut(IReadOnlyList<int> openPorts, string? program)
    {
        var own = KernelLock.TryOut(openPorts).Select(t => new WayOut(t.Way, t.IsShut)).ToList();
        if (own.Count == 0 || program is null) return own;
        var start = new ProcessStartInfo(program, ["offline", ChildCommand, .. openPorts.Select(port => $"{port}")]) { RedirectStandardOutput = true };
        using var child = Process.Start(start)!;
        var lines = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        child.WaitForExit();
        own.AddRange(lines.Select(line => new WayOut($"a child process: {line[2..]}", line[0] == '+')));
        // One that tries nothing is not held back, or says nothing.
        if (lines.Length == 0) own.Add(new WayOut("a child process", false));
        return own;
    }

    /// <summary>What the child says: a line a try.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<int> openPorts) => KernelLock.TryOut(openPorts).Select(t => $"{(t.IsShut ? '+' : '-')} {t.Way}");

    /// <summary>This program where it is one that can be started: the published file.</summary>
    public static string? OwnProgram => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "appliance" ? Environment.ProcessPath : null;
}
