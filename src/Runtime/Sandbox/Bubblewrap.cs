using System.Diagnostics;
using Models;

namespace Runtime.Sandbox;

/// <summary>Bubblewrap (bwrap(1)): found once, tried once, for some machines have it and do not let it.</summary>
internal static class Bubblewrap
{
    /// <summary>The descriptor on which the program finds its filter.</summary>
    public const int FilterDescriptor = 10;

    // It takes milliseconds where it works. Where a filter of system calls stands in its way it may wait for something that never comes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Lazy<(string? Path, string? Problem)> Found = new(Find);

    /// <summary>Its file, or null.</summary>
    public static string? Path => Found.Value.Path;

    /// <summary>Why it is there and not used, or null.</summary>
    public static string? Problem => Found.Value.Problem;

    /// <summary>The arguments before a program: namespaces of its own, the system read-only, the workspace to write, nothing else.</summary>
    public static List<string> Arguments(SandboxFolders folders, SandboxLimits limits, string folder, bool hasFilter)
    {
        var arguments = new List<string> { "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL" };
        if (limits.HasNetwork) arguments.Add("--share-net");
        foreach (var path in SandboxFolders.System)
        {
            // /bin is a link to /usr/bin on most systems and a folder on the others.
            if (new DirectoryInfo(path).LinkTarget is { } target) arguments.AddRange(["--symlink", target, path]);
            else if (Directory.Exists(path)) arguments.AddRange(["--ro-bind", path, path]);
        }
        foreach (var path in SandboxFolders.Settings.Append("/sys/devices/system/cpu")) arguments.AddRange(["--ro-bind-try", path, path]);
        if (limits.HasNetwork) arguments.AddRange(["--ro-bind-try", "/etc/resolv.conf", "/etc/resolv.conf", "--ro-bind-try", "/etc/hosts", "/etc/hosts"]);
        arguments.AddRange(["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]);
        // After the empty /tmp: what is read may lie below it.
        foreach (var path in folders.Programs) arguments.AddRange(["--ro-bind-try", path, path]);
        arguments.AddRange(["--bind", folders.Private, folders.Private, "--bind", folders.Workspace, folders.Workspace, "--remount-ro", "/", "--chdir", folder]);
        if (hasFilter) arguments.AddRange(["--seccomp", $"{FilterDescriptor}"]);
        arguments.Add("--");
        return arguments;
    }

    private static (string?, string?) Find()
    {
        var path = new[] { "/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap" }.FirstOrDefault(File.Exists);
        if (path is null) return (null, null);
        // Commands give up new privileges before they start.
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & UnixFileMode.SetUser) != 0) return (null, "bubblewrap is installed set-uid, which is not used.");
        return Try(path, Patience) is { } problem ? (null, $"bubblewrap is installed but does not work here: {problem}") : (path, null);
    }

    /// <summary>Starts a program in it.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="patience">How long that may take; it is ended then.</param>
    /// <returns>Why it does not work, or null.</returns>
    internal static string? Try(string path, TimeSpan patience)
    {
        try
        {
            var start = new ProcessStartInfo(path, ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"]) { RedirectStandardError = true, RedirectStandardOutput = true };
            using var process = Process.Start(start) ?? throw new ModelException("it did not start");
            var said = process.StandardError.ReadToEndAsync();
            if (process.WaitForExit(patience) && said.Wait(patience)) return process.ExitCode == 0 ? null : said.Result.Trim();
            process.Kill(entireProcessTree: true);
            return $"it did not end within {patience.TotalSeconds:0} seconds.";
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or ModelException or IOException)
        {
            return e.Message;
        }
    }
}
