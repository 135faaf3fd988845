using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Appliance.Hosting;
using Models.Store;

namespace Appliance.Backup;

/// <summary>The room's door: one file with everything of a home folder but models and caches (tar, gzip, a manifest with every file's SHA-256, sealed where there is a passphrase).</summary>
internal static class BackupArchive
{
    private const long LongestManifest = 256 * 1024 * 1024;
    private const int MostFiles = 1_000_000, LongestPath = 1024;

    /// <summary>Writes a backup. The file is there, whole, when this returns, or not at all.</summary>
    /// <param name="home">The home folder.</param>
    /// <param name="file">The backup's path; there must be no such file.</param>
    /// <param name="passphrase">Seals it; null does not.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="BackupException">It cannot be written.</exception>
    public static BackupManifest Create(string home, string file, string? passphrase, TimeProvider time)
    {
        if (!Directory.Exists(home)) throw new BackupException($"There is nothing to back up: {home} does not exist.");
        if (Path.Exists(file)) throw new BackupException($"{file} is there already. Give the backup another name.");
        var part = file + ".part";
        try
        {
            BackupManifest manifest;
            using (var output = new FileStream(part, Options(FileMode.Create)))
            {
                manifest = Write(home, output, passphrase, time);
                output.Flush(flushToDisk: true);
            }
            File.Move(part, file);
            return manifest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"Cannot write {file}: {e.Message}", e);
        }
        finally
        {
            if (File.Exists(part)) File.Delete(part);
        }
    }

    /// <summary>Reads a backup from the first byte to the last and compares every file with the manifest.</summary>
    /// <exception cref="BackupException">It is not whole, or no backup.</exception>
    public static BackupManifest Verify(string file, string? passphrase) => Read(file, passphrase, (_, content, _) => Drain(content));

    /// <summary>Unpacks a backup into a folder that holds nothing yet, with the modes of a home.</summary>
    /// <exception cref="BackupException">It is not whole, or names what would lie outside; what was unpacked so far is to be thrown away.</exception>
    public static BackupManifest Extract(string file, string? passphrase, string folder) => Read(file, passphrase, (path, content, isExecutable) =>
    {
        var target = Path.Combine(folder, path);
        HomeFolder.EnsureFolder(Path.GetDirectoryName(target)!);
        using var output = new FileStream(target, Options(FileMode.CreateNew));
        content.CopyTo(output);
        output.Flush(flushToDisk: true);
        if (isExecutable && !OperatingSystem.IsWindows()) File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    });

    /// <summary>True where a file is sealed with a passphrase.</summary>
    /// <exception cref="BackupException">It cannot be read.</exception>
    public static bool IsSealed(string file)
    {
        try
        {
            using var input = File.OpenRead(file);
            return HasMark(input);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"Cannot read {file}: {e.Message}", e);
        }
    }

    private static BackupManifest Write(string home, Stream output, string? passphrase, TimeProvider time)
    {
        using var seal = passphrase is null ? null : new SealingStream(output, passphrase);
        using var gzip = new GZipStream(seal ?? output, CompressionLevel.Optimal, leaveOpen: true);
        using var tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true);
        using var snapshot = new HomeSnapshot(home);
        var files = new List<BackupFile>();
        foreach (var (path, content, isExecutable) in snapshot.Files())
        {
            using (content)
            {
                var hashed = new HashingStream(content);
                Add(tar, path, hashed, isExecutable, time);
                files.Add(new BackupFile(path, content.Length, hashed.Sha256));
            }
        }
        var manifest = new BackupManifest(BackupManifest.Newest, time.GetUtcNow(), ProductVersion.Text, files);
        Add(tar, BackupManifest.Name, new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest, BackupJson.Default.BackupManifest)), false, time);
        return manifest;
    }

    private static void Add(TarWriter tar, string path, Stream content, bool isExecutable, TimeProvider time) => tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path)
    {
        DataStream = content,
        ModificationTime = time.GetUtcNow(),
        Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (isExecutable ? UnixFileMode.UserExecute : 0),
    });

    private static BackupManifest Read(string file, string? passphrase, Action<string, Stream, bool> each)
    {
        try
        {
            using var input = File.OpenRead(file);
            var isSealed = HasMark(input);
            if (isSealed && passphrase is null) throw new BackupException($"{file} is sealed: give its passphrase with --passphrase-file.");
            if (!isSealed) input.Position = 0;
            using var opened = isSealed ? new UnsealingStream(input, passphrase!) : null;
            using var gzip = new GZipStream(opened ?? (Stream)input, CompressionMode.Decompress);
            using var content = new HashingStream(gzip);
            using var tar = new TarReader(content);
            var manifest = ReadEntries(tar, each);
            // To the last byte: gzip's checksum, and a seal's last piece, come at the end.
            Drain(content);
            Drain(opened ?? Stream.Null);
            if (!isSealed && SizeInside(input) != (uint)content.Count) throw new InvalidDataException("it ends too soon");
            return manifest;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or JsonException or ArgumentException)
        {
            throw new BackupException($"{file} is no whole backup: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"Cannot read {file}, or write what is in it: {e.Message}", e);
        }
    }

    // The last four bytes of a gzip file (RFC 1952 §2.3.1): GZipStream takes one that breaks off for one that ends.
    private static uint SizeInside(FileStream file)
    {
        Span<byte> size = stackalloc byte[4];
        file.Seek(-size.Length, SeekOrigin.End);
        file.ReadExactly(size);
        return BinaryPrimitives.ReadUInt32LittleEndian(size);
    }

    private static BackupManifest ReadEntries(TarReader tar, Action<string, Stream, bool> each)
    {
        var found = new Dictionary<string, BackupFile>(StringComparer.OrdinalIgnoreCase);
        while (Next(tar) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) throw new InvalidDataException($"'{entry.Name}' is no file");
            if (entry.Name == BackupManifest.Name) return Compare(ReadManifest(entry), found, tar);
            RequireSafe(entry.Name);
            if (found.Count >= MostFiles) throw new InvalidDataException("it has more files than a home has");
            using var content = new HashingStream(entry.DataStream ?? Stream.Null);
            each(entry.Name, content, (entry.Mode & UnixFileMode.UserExecute) != 0);
            Drain(content);
            if (!found.TryAdd(entry.Name, new BackupFile(entry.Name, entry.Length, content.Sha256))) throw new InvalidDataException($"'{entry.Name}' is in it twice");
        }
        throw new InvalidDataException("its end is missing");
    }

    // The reader says of some damage that it cannot go on, and of some that a number is too large.
    private static TarEntry? Next(TarReader tar)
    {
        try { return tar.GetNextEntry(); }
        catch (Exception e) when (e is InvalidOperationException or ArithmeticException) { throw new InvalidDataException(e.Message, e); }
    }

    private static BackupManifest ReadManifest(TarEntry entry)
    {
        if (entry.DataStream is null || entry.Length > LongestManifest) throw new InvalidDataException("its manifest is no manifest");
        var manifest = JsonSerializer.Deserialize(entry.DataStream, BackupJson.Default.BackupManifest) ?? throw new InvalidDataException("its manifest is empty");
        return manifest.Version == BackupManifest.Newest ? manifest : throw new InvalidDataException($"it has layout {manifest.Version}, and this program knows {BackupManifest.Newest}");
    }

    private static BackupManifest Compare(BackupManifest manifest, Dictionary<string, BackupFile> found, TarReader tar)
    {
        if (Next(tar) is not null) throw new InvalidDataException("something stands after its end");
        foreach (var file in manifest.Files)
        {
            if (!found.Remove(file.Path, out var there)) throw new InvalidDataException($"'{file.Path}' is missing");
            if (there != file) throw new InvalidDataException($"'{file.Path}' is not what was backed up");
        }
        return found.Count == 0 ? manifest : throw new InvalidDataException($"'{found.Keys.First()}' is not in its manifest");
    }

    // Whoever made the archive must not choose where files go.
    private static void RequireSafe(string path)
    {
        var isSafe = path.Length is > 0 and <= LongestPath && !Path.IsPathRooted(path) && !path.Any(c => char.IsControl(c) || c is '\\' or ':')
            && path.Split('/').All(step => step is not ("" or "." or ".."));
        if (!isSafe) throw new InvalidDataException($"'{path}' is no path below a home");
    }

    private static bool HasMark(FileStream input)
    {
        Span<byte> head = stackalloc byte[SealedFormat.Mark.Length];
        return input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual(SealedFormat.Mark);
    }

    private static void Drain(Stream content)
    {
        var buffer = new byte[64 * 1024];
        while (content.Read(buffer) > 0) { }
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
