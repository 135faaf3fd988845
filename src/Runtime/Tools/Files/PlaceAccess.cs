using Microsoft.Win32.SafeHandles;

namespace Runtime.Tools.Files;

/// <summary>
/// One place of a <see cref="FileArea"/>, opened name by name without following links: every name is looked up in the folder that is open,
/// not in a path, so that a swap in between changes nothing. What has a second name (a hard link) is not read: that name may be outside.
/// </summary>
internal sealed class PlaceAccess
{
    private readonly FilePlace _place;

    private PlaceAccess(FilePlace place) => _place = place;

    public static PlaceAccess Of(FilePlace place) => OperatingSystem.IsLinux()
        ? new PlaceAccess(place)
        : throw new ToolException("File tools need Linux: elsewhere links cannot be kept from being followed.");

    public FileStream OpenRead()
    {
        using var folder = OpenFolder(_place.Names.Count - 1, create: false);
        if (_place.Names.Count == 0) throw new ToolException($"{_place.Shown} is a folder; use ls.");
        // Not blocking, so that a pipe does not hold up the open.
        var handle = Libc.OpenAt(folder, _place.Names[^1], Libc.ReadOnly | Libc.NoFollow | Libc.CloseOnExec | Libc.NonBlocking, 0);
        if (handle.IsInvalid) throw Fault();
        try
        {
            var kind = Libc.Describe(handle);
            if (kind.IsFolder) throw new ToolException($"{_place.Shown} is a folder; use ls.");
            if (!kind.IsFile) throw new ToolException($"{_place.Shown} is not a file.");
            if (kind.Links > 1) throw new ToolException($"{_place.Shown} has a second name elsewhere (a hard link), so it is not opened.");
            return new FileStream(handle, FileAccess.Read);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public void Replace(ReadOnlySpan<byte> content)
    {
        using var folder = OpenFolder(_place.Names.Count - 1, create: true);
        var name = _place.Names[^1];
        var mode = ModeOf(folder, name);
        var next = $".{Guid.NewGuid():N}.new";
        using (var handle = Libc.OpenAt(folder, next, Libc.ReadWrite | Libc.Create | Libc.Exclusive | Libc.NoFollow | Libc.CloseOnExec, mode))
        {
            if (handle.IsInvalid) throw Fault();
            try
            {
                RandomAccess.Write(handle, content, 0);
                RandomAccess.FlushToDisk(handle);
            }
            catch (IOException e)
            {
                Libc.UnlinkAt(folder, next);
                throw new ToolException($"Cannot write {_place.Shown}: {e.Message}", e);
            }
        }
        if (Libc.RenameAt(folder, next, folder, name))
        {
            Libc.Sync(folder);
            Sweep(folder);
            return;
        }
        var fault = Fault();
        Libc.UnlinkAt(folder, next);
        throw fault;
    }

    // What a kill left of a write is nobody's; an hour later it is under way no more.
    private static void Sweep(SafeFileHandle folder)
    {
        foreach (var left in new DirectoryInfo($"/proc/self/fd/{folder.DangerousGetHandle()}").EnumerateFiles(".*.new"))
            if (left.Name is ['.', .. var id, '.', 'n', 'e', 'w'] && Guid.TryParseExact(id, "N", out _) && left.LastWriteTimeUtc < DateTime.UtcNow.AddHours(-1)) Libc.UnlinkAt(folder, left.Name);
    }

    public void Delete()
    {
        using var folder = OpenFolder(_place.Names.Count - 1, create: false);
        if (!Libc.UnlinkAt(folder, _place.Names[^1])) throw Fault();
        Libc.Sync(folder);
    }

    public IReadOnlyList<FileEntry> List()
    {
        using var folder = OpenFolder(_place.Names.Count, create: false);
        // Through the open folder, not through its path.
        var entries = new List<FileEntry>();
        foreach (var info in new DirectoryInfo($"/proc/self/fd/{folder.DangerousGetHandle()}").EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 }))
        {
            var kind = info.LinkTarget is not null ? FileKind.Other : info is DirectoryInfo ? FileKind.Folder : FileKind.File;
            entries.Add(new FileEntry(info.Name, kind, info is FileInfo file && kind == FileKind.File ? file.Length : 0));
        }
        entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    private SafeFileHandle OpenFolder(int depth, bool create)
    {
        var flags = Libc.ReadOnly | Libc.Directory | Libc.CloseOnExec;
        if (create) Directory.CreateDirectory(_place.Folder.Path);
        // The folder itself is its owner's choice, and may be a link; what is below it is not.
        var folder = Libc.OpenAt(null, _place.Folder.Path, flags, 0);
        if (folder.IsInvalid) throw Fault();
        for (var i = 0; i < Math.Max(depth, 0); i++)
        {
            var parent = folder;
            var name = _place.Names[i];
            if (create) Libc.MakeFolderAt(parent, name);
            folder = Libc.OpenAt(parent, name, flags | Libc.NoFollow, 0);
            var fault = folder.IsInvalid ? Fault() : null;
            parent.Dispose();
            if (fault is not null) throw fault;
        }
        return folder;
    }

    // A file keeps its mode; a new one is its owner's alone. A link, a pipe or a device is not replaced by a file without a word.
    private int ModeOf(SafeFileHandle folder, string name)
    {
        using var old = Libc.OpenAt(folder, name, Libc.ReadOnly | Libc.NoFollow | Libc.CloseOnExec | Libc.NonBlocking, 0);
        if (old.IsInvalid) return Libc.LastError == Libc.NotFound ? 0x180 : throw Fault(); // 0600
        var kind = Libc.Describe(old);
        if (!kind.IsFile) throw new ToolException(kind.IsFolder ? $"{_place.Shown} is a folder." : $"{_place.Shown} is not a file.");
        return kind.Mode;
    }

    private ToolException Fault() => new(Libc.LastError switch
    {
        Libc.NotFound => $"There is no {_place.Shown}.",
        Libc.IsLink => $"{_place.Shown} is, or goes through, a link; links are not followed.",
        Libc.NotAFolder => $"{_place.Shown} goes through something that is not a folder, or through a link; links are not followed.",
        var other => $"{_place.Shown}: {new System.ComponentModel.Win32Exception(other).Message}",
    });
}
