using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Appliance.Update.Slots;
using Models.Store;

namespace Appliance.Install;

/// <summary>Does what a plan says, below a root folder.</summary>
/// <param name="root">Before every path; empty for this machine.</param>
/// <param name="tell">Hears what was done.</param>
internal sealed class Installer(string root, Action<string> tell)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Runnable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>True where a service manager runs that can be told; never for a root folder, which is an image that is made.</summary>
    public bool HasManager => root.Length == 0 && Directory.Exists("/run/systemd/system");

    /// <summary>Writes the files and starts the service. Writing again what is there changes nothing.</summary>
    /// <exception cref="InstallException">Something cannot be written or run; what was written so far stays and can be written again.</exception>
    public void Install(InstallPlan plan)
    {
        foreach (var file in plan.Files)
        {
            var path = At(file.Path);
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                if (file.Content is null) CopyProgram(path);
                else DurableFile.Replace(path, Encoding.UTF8.GetBytes(file.Content));
                if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, file.Content is null ? Runnable : Readable);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new InstallException($"Cannot write {path}: {e.Message}{(e is UnauthorizedAccessException ? " Say it with sudo, or --user for a service of your own." : "")}", e);
            }
            tell($"wrote {path}");
        }
        // A program that is installed by hand comes before what updates brought.
        if (plan.Files.Any(file => file.Content is null)) new SlotFolder(At(plan.Slots)).Reset();
        if (!HasManager)
        {
            tell(root.Length == 0 ? "systemd does not run here: the service starts with the machine once it does and `systemctl enable appliance` was said." : "nothing was started: this is a folder.");
            return;
        }
        foreach (var command in plan.Commands) Run(command, isNeeded: command[0] == "systemctl");
    }

    /// <summary>Stops the service and takes away what <see cref="Install"/> wrote; the data stays.</summary>
    /// <exception cref="InstallException">Something cannot be removed.</exception>
    public void Uninstall(InstallPlan plan)
    {
        if (HasManager) foreach (var command in plan.StopCommands) Run(command, isNeeded: false);
        foreach (var file in plan.Files.Reverse())
        {
            var path = At(file.Path);
            if (!File.Exists(path)) continue;
            Remove(path, () => File.Delete(path));
            if (Path.GetDirectoryName(path) is { } folder && folder.EndsWith(".d", StringComparison.Ordinal) && Path.GetFileName(folder).StartsWith("appliance", StringComparison.Ordinal) && !Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
        }
        if (Directory.Exists(At(plan.Slots))) Remove(At(plan.Slots), () => Directory.Delete(At(plan.Slots), recursive: true));
        if (HasManager) Run(plan.Commands.First(command => command.Contains("daemon-reload")), isNeeded: false);
    }

    /// <summary>Removes the data.</summary>
    /// <exception cref="InstallException">It cannot be removed.</exception>
    public void Purge(InstallPlan plan)
    {
        var path = At(plan.Data);
        if (Directory.Exists(path)) Remove(path, () => Directory.Delete(path, recursive: true));
    }

    private string At(string path) => root.Length == 0 ? path : Path.Combine(root, path.TrimStart('/'));

    // A program that runs cannot be written into; a new one can take its name.
    private static void CopyProgram(string path)
    {
        var own = Environment.ProcessPath!;
        if (Path.GetFullPath(own) == Path.GetFullPath(path)) return;
        var next = path + ".new";
        File.Copy(own, next, overwrite: true);
        File.Move(next, path, overwrite: true);
    }

    private void Remove(string path, Action remove)
    {
        try { remove(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InstallException($"Cannot remove {path}: {e.Message}", e);
        }
        tell($"removed {path}");
    }

    private void Run(string[] command, bool isNeeded)
    {
        var line = string.Join(' ', command);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            if (process.ExitCode == 0) tell($"ran {line}");
            else if (isNeeded) throw new InstallException($"`{line}` failed: {error}");
            else tell($"`{line}` failed, which can be done without here: {error}");
        }
        catch (Win32Exception e)
        {
            if (isNeeded) throw new InstallException($"`{line}` cannot be run: {e.Message}", e);
            tell($"`{line}` is not here, which can be done without.");
        }
    }
}
