namespace Models.Store;

/// <summary>
/// A folder under <c>models/.staging</c> where a model is made before it is moved into place and where an old one is moved to be deleted.
/// It holds a lock as long as its process lives, so the next one to stage can tell leftovers of a dead process from work in progress.
/// </summary>
internal sealed class Staging : IDisposable
{
    private const string LockName = "lock";
    private readonly string _folder;
    private readonly FileStream _alive;
    private int _removed;

    private Staging(string folder)
    {
        _folder = HomeFolder.EnsureFolder(folder);
        New = HomeFolder.EnsureFolder(Path.Combine(folder, "new"));
        _alive = Disk.TryLock(Path.Combine(folder, LockName)) ?? throw new IOException($"{folder} is locked");
    }

    /// <summary>The empty folder to make the new model in.</summary>
    public string New { get; }

    /// <summary>Removes what dead processes left and opens a new staging folder. The caller holds the store's lock.</summary>
    public static Staging Create(string root)
    {
        HomeFolder.EnsureFolder(root);
        foreach (var folder in Directory.GetDirectories(root))
        {
            using var dead = Disk.TryLock(Path.Combine(folder, LockName));
            if (dead is not null) Disk.Delete(folder);
        }
        return new Staging(Path.Combine(root, Guid.NewGuid().ToString("N")));
    }

    /// <summary>Takes a folder out of sight by one rename; it is deleted when this staging folder is.</summary>
    public void Discard(string folder) => Directory.Move(folder, Path.Combine(_folder, $"old{++_removed}"));

    /// <summary>Deletes everything in it.</summary>
    public void Dispose()
    {
        Disk.Delete(_folder);
        _alive.Dispose();
    }
}
