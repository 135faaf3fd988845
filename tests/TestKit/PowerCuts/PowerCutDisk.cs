using System.Diagnostics;

namespace TestKit.PowerCuts;

/// <summary>
/// An ext4 disk that remembers every write and flush, so that it can be had as it would be after a power cut at any moment, with what was
/// not flushed there in part, out of order or torn. Programs write to it as to any other. Mounting it needs root, a loop device and FUSE;
/// see <see cref="PowerCutFactAttribute"/>.
/// </summary>
public sealed class PowerCutDisk : IDisposable
{
    private const int Size = 24 * 1024 * 1024;
    private static readonly Lazy<byte[]> Fresh = new(Format);

    private readonly TemporaryFolder _folder = new();
    private readonly WriteLog _log = new((byte[])Fresh.Value.Clone());
    private readonly FuseFile _file;

    /// <summary>Makes an empty one and mounts it.</summary>
    public PowerCutDisk()
    {
        foreach (var folder in (string[])["fuse", "mounted", "after"]) Directory.CreateDirectory(_folder[folder]);
        _file = new FuseFile(_log, _folder["fuse"]);
        try
        {
            SmallDisk.Run("mount", "-t", "ext4", "-o", "loop", _file.Path, Path);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Where it is mounted.</summary>
    public string Path => _folder["mounted"];

    /// <summary>The moment of now: how many writes and flushes there were.</summary>
    public int Position => _log.Position;

    /// <summary>Lets somebody look at the disk as it is after a power cut.</summary>
    /// <param name="position">The moment, up to <see cref="Position"/>.</param>
    /// <param name="random">Draws what of the writes after the last flush is there.</param>
    /// <param name="look">Is told where that disk is mounted; it may be written to.</param>
    public void CutAt(int position, SeededRandom random, Action<string> look)
    {
        // In memory: the disk that is looked at need not last.
        var image = $"/dev/shm/{System.IO.Path.GetFileName(_folder.Path)}";
        File.WriteAllBytes(image, _log.After(position, random));
        try
        {
            SmallDisk.Run("mount", "-t", "ext4", "-o", "loop", image, _folder["after"]);
            look(_folder["after"]);
        }
        finally
        {
            SmallDisk.Run("umount", _folder["after"]);
            File.Delete(image);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        SmallDisk.Run("umount", Path);
        _file.Dispose();
        _folder.Dispose();
    }

    private static byte[] Format()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["image"], new byte[Size]);
        using var process = Process.Start(new ProcessStartInfo("mkfs.ext4", ["-q", "-F", "-b", "4096", "-m", "0", "-N", "1024", folder["image"]]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? File.ReadAllBytes(folder["image"]) : throw new InvalidOperationException($"mkfs.ext4: {error}");
    }
}
