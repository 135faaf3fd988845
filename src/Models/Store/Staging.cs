namespace Models.Store;

/// <summary>
/// A folder under <c>models/.staging</c> where a model is made before it is moved into place and where an old one is moved to be deleted.
/// A lock file beside it is held as long as its process lives, so the next one to stage can tell leftovers of a dead process from work
/// in progress.
/// </summary>
internal sealed class Staging : IDisposable
{
    private const string LockEnding = ".lock";
    private readonly string _folder;
    private readonly FileStream _alive;
    private int _removed;

    private Staging(string folder)
    {
        _folder = folder;
        _alive = Disk.TryLock(folder + LockEnding) ?? throw new IOException($"{folder} is locked");
        New = HomeFolder.EnsureFolder(Path.Combine(folder, "new"));
    }

    /// <summary>The empty folder to make the new model in.</summary>
    public string New { get; }

    /// <summary>Removes what dead processes left and opens a new staging folder. The caller holds the store's lock.</summary>
    public static Staging Create(string root)
    {
        HomeFolder.EnsureFolder(root);
        foreach (var folder in Directory.GetFileSystemEntries(root).Select(path => Path.ChangeExtension(path, null)).Distinct())
        {
            using var dead = Disk.TryLock(folder + LockEnding);
            if (dead is not null) Remove(folder);
        }
        return new Staging(Path.Combine(root, Guid.NewGuid().ToString("N")));
    }

    /// <summary>Takes a folder out of sight by one rename; it is deleted when this staging folder is.</summary>
    public void Discard(string folder) => Directory.Move(folder, Path.Combine(_folder, $"old{++_removed}"));

    /// <summary>Deletes everything in it.</summary>
    public void Dispose()
    {
        Remove(_folder);
        _alive.Dispose();
    }

    // The lock goes last: while the folder is there, its lock tells whose it is.
    private static void Remove(string folder)
    {
        Disk.Delete(folder);
        if (!Directory.Exists(folder)) File.Delete(folder + LockEnding);
    }
}
