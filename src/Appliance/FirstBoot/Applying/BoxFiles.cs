using System.Text;
using Models.Store;

namespace Appliance.FirstBoot.Applying;

/// <summary>Files of the box, below a root folder, each replaced as a whole. What is returned from is on the disk.</summary>
/// <param name="root">Before every path; empty for this machine.</param>
internal sealed class BoxFiles(string root)
{
    /// <summary>For everybody to read.</summary>
    public const UnixFileMode Readable = Secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>For root alone.</summary>
    public const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>True for the machine that this program runs on.</summary>
    public bool IsThisMachine => root.Length == 0;

    /// <summary>Where a path of the box is.</summary>
    public string At(string path) => root.Length == 0 ? path : Path.Combine(root, path.TrimStart('/'));

    /// <summary>Writes a file. A kill leaves the old or the new one.</summary>
    public void Write(string path, string content, UnixFileMode mode)
    {
        var at = At(path);
        Directory.CreateDirectory(Path.GetDirectoryName(at)!);
        DurableFile.Replace(at, Encoding.UTF8.GetBytes(content));
        if (mode != Secret && !OperatingSystem.IsWindows()) File.SetUnixFileMode(at, mode);
    }

    /// <summary>Makes a link, in place of the one of that name.</summary>
    public void Link(string path, string target)
    {
        var at = At(path);
        var next = at + ".new";
        Directory.CreateDirectory(Path.GetDirectoryName(at)!);
        File.Delete(next);
        File.CreateSymbolicLink(next, target);
        File.Move(next, at, overwrite: true);
        Disk.SyncFolder(Path.GetDirectoryName(at)!);
    }

    /// <summary>What stands in a file; empty where there is none.</summary>
    public string Read(string path) => File.Exists(At(path)) ? File.ReadAllText(At(path)) : "";
}
