namespace TestKit.PowerCuts;

/// <summary>
/// An ext4 disk that remembers every write and flush, so that it can be had as it would be after a power cut at any moment, with what was
/// not flushed there in part, out of order or torn. Programs write to it as to any other. Mounting it needs root, a loop device and FUSE;
/// see <see cref="PowerCutFactAttribute"/>.
/// </summary>
public sealed class PowerCutDisk : IDisposable
{
    private const int Size = 24 * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();

    // In memory: none of these disks need last.
    private readonly string _files = $"/dev/shm/appliance-test-{Guid.NewGuid():N}";
    private readonly WriteLog _log;
    private readonly FuseFile _file;

    /// <summary>Makes an empty one and mounts it.</summary>
    public PowerCutDisk()
    {
        foreach (var folder in (string[])["fuse", "mounted", "after"]) Directory.CreateDirectory(_folder[folder]);
        Directory.CreateDirectory(_files);
        try
        {
            using (var empty = new FileStream(File("empty"), FileMode.CreateNew)) empty.SetLength(Size);
            SmallDisk.Run("mkfs.ext4", "-q", "-F", "-b", "4096", "-m", "0", "-N", "1024", File("empty"));
            _log = new WriteLog(_files, File("empty"));
            _file = new FuseFile(_log, _folder["fuse"]);
            SmallDisk.Run("mount", "-t", "ext4", "-o", "loop", _file.Path, Path);
        }
        catch
        {
            _file?.Dispose();
            Clean();
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
        _log.SaveAfter(position, random, File("after"));
        SmallDisk.Run("mount", "-t", "ext4", "-o", "loop", File("after"), _folder["after"]);
        try { look(_folder["after"]); }
        finally { SmallDisk.Run("umount", _folder["after"]); }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        SmallDisk.Run("umount", Path);
        _file.Dispose();
        Clean();
    }

    private void Clean()
    {
        _log?.Dispose();
        Directory.Delete(_files, recursive: true);
        _folder.Dispose();
    }

    private string File(string name) => System.IO.Path.Combine(_files, name);
}
