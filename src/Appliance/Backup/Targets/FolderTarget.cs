using Models.Store;

namespace Appliance.Backup.Targets;

/// <summary>A folder of this machine, or of a disk that is mounted.</summary>
internal sealed class FolderTarget(string folder, bool leaves) : BackupTarget
{
    /// <inheritdoc/>
    public override bool Leaves => leaves;

    /// <inheritdoc/>
    public override void Store(string file) => Do(() =>
    {
        Directory.CreateDirectory(folder);
        var part = Path.Combine(folder, $"{Path.GetFileName(file)}.part");
        using (var source = File.OpenRead(file))
        using (var target = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(part, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            target.SetLength(source.Position = target.Position = Common(source, target));
            source.CopyTo(target);
            target.Flush(flushToDisk: true);
        }
        File.Move(part, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        Disk.SyncFolder(folder);
    });

    /// <inheritdoc/>
    public override IReadOnlyList<string> List()
    {
        string[] names = [];
        Do(() => names = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Where(name => !name.EndsWith(".part", StringComparison.Ordinal))] : []);
        return names;
    }

    /// <inheritdoc/>
    public override void Remove(string name) => Do(() => File.Delete(Path.Combine(folder, name)));

    /// <inheritdoc/>
    public override void Verify(string name, string? passphrase) => BackupArchive.Verify(Path.Combine(folder, name), passphrase);

    // How many bytes are there already, and are the file's.
    private static long Common(FileStream source, FileStream target)
    {
        var (ours, theirs) = (new byte[64 * 1024], new byte[64 * 1024]);
        var most = Math.Min(source.Length, target.Length);
        for (long at = 0; at < most;)
        {
            var count = (int)Math.Min(ours.Length, most - at);
            source.ReadExactly(ours.AsSpan(0, count));
            target.ReadExactly(theirs.AsSpan(0, count));
            if (!ours.AsSpan(0, count).SequenceEqual(theirs.AsSpan(0, count))) return at;
            at += count;
        }
        return most;
    }

    private void Do(Action action)
    {
        try { action(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"Cannot use {folder} for backups: {e.Message} A service may write where its unit lets it: `systemctl edit appliance`, ReadWritePaths={folder}.", e);
        }
    }
}
