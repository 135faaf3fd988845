namespace Runtime.Tools.Files;

/// <summary>
/// The files an agent may use: its workspace, and the folders its owner named. A path is walked from its folder one name at a time, and no
/// link on the way is followed, so nothing outside is reached whatever the workspace holds, and whoever changes it meanwhile. Immutable.
/// </summary>
public sealed class FileArea
{
    /// <summary>Largest file that is read or written as a whole, bytes.</summary>
    public const int LargestFile = 4 << 20;

    private readonly IReadOnlyList<FileFolder> _folders;
    private readonly Action<string>? _onRead;
    private readonly Func<string, bool>? _mayReach;

    /// <summary>The area of a workspace and further folders.</summary>
    /// <param name="workspace">Full path; relative paths mean files in it. Made when first written to.</param>
    /// <param name="others">Further folders.</param>
    public FileArea(string workspace, IEnumerable<FileFolder>? others = null)
    {
        Workspace = Path.GetFullPath(workspace);
        _folders = [new FileFolder(Workspace, IsWritable: true), .. others ?? []];
    }

    private FileArea(FileArea all, Action<string> onRead, Func<string, bool>? mayReach) =>
        (Workspace, _folders, _onRead, _mayReach) = (all.Workspace, all._folders, onRead, mayReach);

    /// <summary>Where relative paths begin.</summary>
    public string Workspace { get; }

    /// <summary>Says whether a full path may be reached for whom this is done; null where all of the area may.</summary>
    public Func<string, bool>? MayReach => _mayReach;

    /// <summary>The same area, or less of it, under watch.</summary>
    /// <param name="onRead">Hears the full path of every file that is opened to be read.</param>
    /// <param name="mayReach">Says whether a full path may be reached; null where all of the area may.</param>
    public FileArea Watched(Action<string> onRead, Func<string, bool>? mayReach) => new(this, onRead, mayReach);

    /// <summary>Finds what a model named.</summary>
    /// <exception cref="ToolException">It lies outside.</exception>
    public FilePlace Locate(string path)
    {
        if (path.Contains('\0')) throw new ToolException("A path cannot hold a zero character.");
        var full = Full(path);
        var folder = _folders.Where(f => IsBelow(full, f.Path)).MaxBy(f => f.Path.Length)
            ?? throw new ToolException($"{path} is outside the workspace and the folders that were opened to this agent.");
        if (_mayReach?.Invoke(full) == false) throw new ToolException($"{path} is outside the folders that are open to whom this is done for.");
        var below = full.Length > folder.Path.TrimEnd('/').Length ? full[(folder.Path.TrimEnd('/').Length + 1)..] : "";
        return new FilePlace(folder, below.Split('/', StringSplitOptions.RemoveEmptyEntries), Shown(full));
    }

    /// <summary>Opens a file to read.</summary>
    /// <exception cref="ToolException">It is outside, not there, or none.</exception>
    public FileStream OpenRead(string path)
    {
        var file = PlaceAccess.Of(Locate(path)).OpenRead();
        _onRead?.Invoke(Full(path));
        return file;
    }

    /// <summary>All of a small file's bytes.</summary>
    /// <exception cref="ToolException">It is outside, not there, none, or too large.</exception>
    public byte[] ReadAll(string path)
    {
        using var file = OpenRead(path);
        if (file.Length > LargestFile) throw new ToolException($"{path} has {file.Length} bytes; up to {LargestFile} are read at once.");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>True where there is a file of that name.</summary>
    public bool Exists(string path)
    {
        try
        {
            using var file = PlaceAccess.Of(Locate(path)).OpenRead();
            return true;
        }
        catch (ToolException)
        {
            return false;
        }
    }

    /// <summary>Writes a file whole, with the folders above it: afterwards it is the new one or the old one, and on the disk.</summary>
    /// <exception cref="ToolException">It is outside, its folder is only to be read, or it cannot be written.</exception>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        var place = Writable(path);
        if (content.Length > LargestFile) throw new ToolException($"{path} would have {content.Length} bytes; up to {LargestFile} are written.");
        PlaceAccess.Of(place).Replace(content);
    }

    /// <summary>Removes a file.</summary>
    /// <exception cref="ToolException">It is outside, its folder is only to be read, it is not there, or it is a folder.</exception>
    public void Delete(string path) => PlaceAccess.Of(Writable(path)).Delete();

    /// <summary>What a folder holds, by name. Links are told as such and never followed.</summary>
    /// <exception cref="ToolException">It is outside, or no folder.</exception>
    public IReadOnlyList<FileEntry> List(string path) => PlaceAccess.Of(Locate(path)).List();

    /// <summary>All files below a folder, or the file itself, as they are found: nearest first, links and folders named like <c>.git</c> left out.</summary>
    /// <exception cref="ToolException">It is outside, or not there.</exception>
    public IEnumerable<string> Walk(string path)
    {
        var start = Locate(path);
        if (start.Names.Count > 0 && Exists(path))
        {
            yield return start.Shown;
            yield break;
        }
        var folders = new Queue<string>([start.Shown]);
        while (folders.TryDequeue(out var folder))
        {
            IReadOnlyList<FileEntry> entries;
            // One that went away meanwhile, or may not be read, holds nothing for us; the one that was asked for is told of.
            try { entries = List(folder); }
            catch (ToolException) when (folder != start.Shown) { continue; }
            foreach (var entry in entries)
            {
                var below = folder is "." ? entry.Name : $"{folder.TrimEnd('/')}/{entry.Name}";
                if (entry.Kind == FileKind.File) yield return below;
                else if (entry.Kind == FileKind.Folder && entry.Name is not (".git" or "node_modules")) folders.Enqueue(below);
            }
        }
    }

    private FilePlace Writable(string path)
    {
        var place = Locate(path);
        if (!place.Folder.IsWritable) throw new ToolException($"{path} lies in a folder that is only to be read.");
        if (place.Names.Count == 0) throw new ToolException($"{path} is a folder.");
        return place;
    }

    private string Full(string path) => Path.GetFullPath(path.Length == 0 ? "." : path, Workspace);

    // In the workspace the short form, which is what the model wrote.
    private string Shown(string full) => full == Workspace ? "." : IsBelow(full, Workspace) ? full[(Workspace.TrimEnd('/').Length + 1)..] : full;

    private static bool IsBelow(string full, string folder) =>
        full == folder || full.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}

/// <summary>A folder that is open to an agent.</summary>
/// <param name="Path">Its full path; the folder itself may be a link of its owner's.</param>
/// <param name="IsWritable">True where it may be changed.</param>
public sealed record FileFolder(string Path, bool IsWritable);

/// <summary>A place below a folder.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Names">The names on the way; none for the folder itself.</param>
/// <param name="Shown">How it is called towards the model.</param>
public sealed record FilePlace(FileFolder Folder, IReadOnlyList<string> Names, string Shown);

/// <summary>Something in a folder.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Bytes of a file.</param>
public sealed record FileEntry(string Name, FileKind Kind, long Size);

/// <summary>What there is in folders.</summary>
public enum FileKind
{
    /// <summary>A file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A link, which is not followed, or something that is neither (a socket, a device).</summary>
    Other,
}
