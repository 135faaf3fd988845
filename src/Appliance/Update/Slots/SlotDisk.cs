using System.Runtime.InteropServices;
using Models.Store;

namespace Appliance.Update.Slots;

/// <summary>
/// What happens to the slots' files, in steps each of which is on the disk, whole, when the next begins: a power cut leaves what was before
/// a step, or what is after it.
/// </summary>
internal sealed partial class SlotDisk
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Hears of each step before it is done; a test cuts the power there.</summary>
    public Action<string>? Before { get; init; }

    /// <summary>Replaces a file that everybody may read.</summary>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        Step($"write {path}");
        var next = path + ".new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Readable;
        using (var file = new FileStream(next, options))
        {
            // A person's umask must not take the service its right to read.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file.SafeFileHandle, Readable);
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        Move(next, path);
    }

    /// <summary>Lets a link lead elsewhere, in one step.</summary>
    public void Link(string path, string target)
    {
        Step($"link {path}");
        var next = path + ".new";
        File.Delete(next);
        File.CreateSymbolicLink(next, target);
        Move(next, path);
    }

    /// <summary>Gives a file or a folder another name; both are on the same file system.</summary>
    public void Move(string from, string to)
    {
        Step($"move {to}");
        // File.Move looks where a link leads.
        if (Rename(from, to) < 0) throw new IOException($"Cannot move {from} to {to}: {Marshal.GetLastPInvokeErrorMessage()}");
        Disk.SyncFolder(Path.GetDirectoryName(to)!);
    }

    /// <summary>Removes a file, where it is there.</summary>
    public void Delete(string path)
    {
        Step($"delete {path}");
        File.Delete(path);
        Disk.SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes a folder empty that everybody may look into.</summary>
    public void Empty(string folder)
    {
        Step($"empty {folder}");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        Disk.SyncFolder(Path.GetDirectoryName(folder)!);
    }

    private void Step(string what) => Before?.Invoke(what);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
