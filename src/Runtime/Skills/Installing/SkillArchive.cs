using System.Formats.Tar;
using System.IO.Compression;

namespace Runtime.Skills.Installing;

/// <summary>
/// Unpacks a zip or a tar (plain or gzip) that somebody made who may mean harm: whole, or not at all. What is counted are the bytes that
/// come out, not what the archive says of itself; links, devices, special bits, encrypted entries and names that mean more than one thing
/// refuse all of it.
/// </summary>
internal static class SkillArchive
{
    /// <summary>Largest archive, bytes.</summary>
    public const long Largest = 16 << 20;

    private const long LargestFile = 4 << 20;
    private const int MostEntries = 2 * SkillFiles.Most;

    // What text becomes at most by honest compression; small archives are left alone.
    private const int HighestRatio = 100;
    private const long RatioFrom = 1 << 20;

    /// <summary>Unpacks a file into a folder that is empty.</summary>
    /// <exception cref="SkillException">It is refused; what was unpacked so far is to be thrown away.</exception>
    public static void Unpack(string file, string folder)
    {
        try
        {
            using var input = File.OpenRead(file);
            if (input.Length > Largest) throw new SkillException($"The archive has {input.Length} bytes; {Largest} are the most.");
            var target = new Target(folder, input.Length);
            Span<byte> head = stackalloc byte[2];
            var isWhole = input.ReadAtLeast(head, 2, throwOnEndOfStream: false) == 2;
            input.Position = 0;
            if (isWhole && head is [(byte)'P', (byte)'K']) UnpackZip(input, target);
            else if (isWhole && head is [0x1F, 0x8B])
            {
                using var gzip = new GZipStream(input, CompressionMode.Decompress);
                UnpackTar(new CountedStream(gzip, target), target);
            }
            else UnpackTar(new CountedStream(input, target), target);
            if (target.Files == 0) throw new SkillException("The archive was refused: there is no file in it.");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException or NotSupportedException or InvalidOperationException)
        {
            throw new SkillException($"The archive was refused: it is no whole zip or tar ({e.Message}).", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillException($"The archive cannot be unpacked: {e.Message}", e);
        }
    }

    private static void UnpackZip(FileStream input, Target target)
    {
        RequireFew(input);
        using var zip = new ZipArchive(input, ZipArchiveMode.Read);
        foreach (var entry in zip.Entries)
        {
            var mode = entry.ExternalAttributes >>> 16;
            var isFolder = entry.FullName.EndsWith('/');
            if (entry.IsEncrypted) throw Refused(entry.FullName, "is encrypted");
            // 0 where it was made on a system without such kinds.
            if ((mode & 0xF000) is var kind && kind != 0 && kind != (isFolder ? 0x4000 : 0x8000)) throw Refused(entry.FullName, "is a link or a device, or not the kind it says");
            if ((mode & 0xE00) != 0) throw Refused(entry.FullName, "has a special permission (setuid, setgid or sticky)");
            if (isFolder) target.AddFolder(entry.FullName);
            else
            {
                using var content = entry.Open();
                target.AddFile(entry.FullName, content, (mode & 0x49) != 0, entry.Length, entry.Crc32);
            }
        }
    }

    // Before a million entries become a million objects. The record of the end is at most 22 bytes and a comment from the end.
    private static void RequireFew(FileStream input)
    {
        var tail = new byte[Math.Min(input.Length, 22 + 65535)];
        input.Position = input.Length - tail.Length;
        input.ReadExactly(tail);
        input.Position = 0;
        var end = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (end < 0 || end + 12 > tail.Length) throw new InvalidDataException("its end is missing");
        if (BitConverter.ToUInt16(tail, end + 10) > MostEntries) throw new SkillException($"The archive was refused: it has more than {MostEntries} entries.");
    }

    private static void UnpackTar(Stream input, Target target)
    {
        using var tar = new TarReader(input);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType == TarEntryType.GlobalExtendedAttributes) continue;
            if ((entry.Mode & (UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.StickyBit)) != 0) throw Refused(entry.Name, "has a special permission (setuid, setgid or sticky)");
            if (entry.EntryType == TarEntryType.Directory) target.AddFolder(entry.Name);
            else if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                target.AddFile(entry.Name, entry.DataStream ?? Stream.Null, (entry.Mode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0, entry.Length);
            else throw Refused(entry.Name, "is a link, a device or something else than a file");
        }
    }

    private static SkillException Refused(string name, string why) => new($"The archive was refused: \"{Approvals.DisplayText.Escape(name.Length > 120 ? name[..120] + "…" : name)}\" {why}.");

    // Where entries go, and what they may use in all.
    private sealed class Target(string folder, long packed)
    {
        private readonly ArchiveNames _names = new();
        private readonly byte[] _buffer = new byte[64 * 1024];
        private int _entries;
        private long _bytes;

        public int Files { get; private set; }

        public void AddFolder(string name)
        {
            Count();
            if (_names.Add(name, isFolder: true) is { Length: > 0 } path) Directory.CreateDirectory(Path.Combine(folder, path));
        }

        public void AddFile(string name, Stream content, bool isExecutable, long said, uint? checksum = null)
        {
            Count();
            if (++Files > SkillFiles.Most) throw new SkillException($"The archive was refused: it has more than {SkillFiles.Most} files.");
            var path = Path.Combine(folder, _names.Add(name, isFolder: false));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (isExecutable ? UnixFileMode.UserExecute : 0);
            using var output = new FileStream(path, options);
            var (size, crc) = (0L, new Crc32());
            for (int read; (read = content.Read(_buffer)) > 0; output.Write(_buffer, 0, read))
            {
                if ((size += read) > LargestFile) throw Refused(name, $"has more than {LargestFile >> 20} MB");
                Spend(read);
                if (checksum is not null) crc.Add(_buffer.AsSpan(0, read));
            }
            if (size != said) throw Refused(name, "is not as long as the archive says");
            if (checksum is { } expected && expected != crc.Value) throw Refused(name, "is not what was packed: its checksum is another");
        }

        public void Spend(int bytes)
        {
            _bytes += bytes;
            if (_bytes > SkillFiles.LargestInAll) throw new SkillException($"The archive was refused: it unpacks to more than {SkillFiles.LargestInAll >> 20} MB.");
            if (_bytes > RatioFrom && _bytes / HighestRatio > packed) throw new SkillException($"The archive was refused: it unpacks to more than {HighestRatio} times its size.");
        }

        private void Count()
        {
            if (++_entries > MostEntries) throw new SkillException($"The archive was refused: it has more than {MostEntries} entries.");
        }
    }

    // A tar's own headers count too: names can be as long as their maker likes.
    private sealed class CountedStream(Stream inner, Target target) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            _position += read;
            if (_position > 2 * SkillFiles.LargestInAll) target.Spend((int)SkillFiles.LargestInAll);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
