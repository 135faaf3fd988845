namespace Models.Store;

/// <summary>Small files that are either the old or the new ones after a power cut, never half of one, and readable by their owner alone.</summary>
public static class DurableFile
{
    /// <summary>Replaces a file's content. When this returns, the new content is on the disk.</summary>
    /// <exception cref="IOException">It cannot be written; the old file is as it was.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var next = path + ".new";
        using (var file = Create(next))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
        Disk.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Opens a file to append to, and creates it, entry in its folder included, where there is none.</summary>
    public static FileStream OpenToAppend(string path)
    {
        var isNew = !File.Exists(path);
        var file = new FileStream(path, Options(FileMode.OpenOrCreate));
        if (isNew) Disk.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    private static FileStream Create(string path) => new(path, Options(FileMode.Create));

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
