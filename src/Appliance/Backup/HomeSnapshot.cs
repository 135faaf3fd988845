namespace Appliance.Backup;

/// <summary>
/// The files of a home folder as they are at one moment, while the server goes on. Files that are replaced as a whole are whole; of files
/// that are appended to, whole lines are taken; of SQLite's, the file and its log belong together. Models and caches can be had again and
/// stay out.
/// </summary>
internal sealed class HomeSnapshot(string home) : IDisposable
{
    private const int Tries = 20;
    private static readonly string[] LeftOut = ["models", "cache"];
    private readonly string _staging = Path.Combine(home, $".backup-{Guid.NewGuid():N}");

    /// <summary>Every file, by its path below the home folder with slashes. Each stream is to be disposed; one that went away meanwhile is left out.</summary>
    public IEnumerable<(string Path, Stream Content, bool IsExecutable)> Files()
    {
        foreach (var file in Paths(home, isHome: true).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(home, file).Replace(Path.DirectorySeparatorChar, '/');
            foreach (var (ending, content) in Open(file))
                yield return (name + ending, content, !OperatingSystem.IsWindows() && File.Exists(file) && (File.GetUnixFileMode(file) & UnixFileMode.UserExecute) != 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(_staging)) Directory.Delete(_staging, recursive: true);
    }

    private static IEnumerable<string> Paths(string folder, bool isHome = false)
    {
        // Links lead elsewhere; what is being written (.new, .part) has its old self beside it.
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(e => e.LinkTarget is null || isHome && e.Name == "appliance.json"))
        {
            if (isHome && (entry.Name.StartsWith('.') || LeftOut.Contains(entry.Name))) continue;
            if (entry is DirectoryInfo)
            {
                foreach (var file in Paths(entry.FullName)) yield return file;
            }
            else if (IsKept(entry.Name)) yield return entry.FullName;
        }
    }

    private static bool IsKept(string name) => !((string[])[".new", ".lock", "-wal", "-shm", ".part", ".sock"]).Any(ending => name.EndsWith(ending, StringComparison.Ordinal));

    private IEnumerable<(string Ending, Stream Content)> Open(string file)
    {
        FileStream content;
        try { content = Read(file); }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException) { return []; }
        if (IsSqlite(content))
        {
            content.Dispose();
            return CopyDatabase(file);
        }
        return [("", new BoundedStream(content, file.EndsWith(".jsonl", StringComparison.Ordinal) ? WholeLines(content) : content.Length))];
    }

    private static FileStream Read(string file) => new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static bool IsSqlite(FileStream file)
    {
        Span<byte> head = stackalloc byte[16];
        var isSqlite = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual("SQLite format 3\0"u8);
        file.Position = 0;
        return isSqlite;
    }

    // What was being written at this moment is in nobody's answer yet.
    private static long WholeLines(FileStream file)
    {
        var end = file.Length;
        while (end > 0)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n') break;
            end--;
        }
        file.Position = 0;
        return end;
    }

    // The file changes only when the log is written back into it: where it did not, what was copied of the log belongs to it, and a last
    // frame that is not whole is left out by SQLite itself (https://www.sqlite.org/walformat.html).
    private IEnumerable<(string, Stream)> CopyDatabase(string file)
    {
        Models.Store.HomeFolder.EnsureFolder(_staging);
        var copy = Path.Combine(_staging, Guid.NewGuid().ToString("N"));
        for (var i = 0; i < Tries; i++)
        {
            var before = File.GetLastWriteTimeUtc(file);
            Copy(file, copy);
            var hasLog = File.Exists(file + "-wal") && Copy(file + "-wal", copy + "-wal");
            if (File.GetLastWriteTimeUtc(file) != before) continue;
            return hasLog ? [("", File.OpenRead(copy)), ("-wal", File.OpenRead(copy + "-wal"))] : [("", File.OpenRead(copy))];
        }
        throw new BackupException($"{file} is written to all the time. Try again when less is going on, or stop the server.");
    }

    private static bool Copy(string from, string to)
    {
        try
        {
            using var source = Read(from);
            using var target = new FileStream(to, FileMode.Create, FileAccess.Write);
            source.CopyTo(target);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
