using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Runtime.Skills;
using Runtime.Skills.Installing;
using TestKit;

namespace Runtime.Tests.Skills;

public sealed class SkillArchiveTests : IDisposable
{
    private const string File1 = "---\nname: x\ndescription: y\n---\nz";

    private readonly TemporaryFolder _folder = new();
    private int _count;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Unpack_HonestArchives_AreWhole()
    {
        foreach (var file in new[] { Zip([("x/", "", 0x41ED), ("x/SKILL.md", File1, 0x81A4), ("x/scripts/run.sh", "#!/bin/sh", 0x81ED)]), Tar(gzip: true), Tar(gzip: false) })
        {
            var target = Unpack(file);
            Assert.Equal(File1, File.ReadAllText(Path.Combine(target, "x", "SKILL.md")));
            Assert.Equal([("x/SKILL.md", false), ("x/scripts/run.sh", true)], SkillFiles.List(target).Select(f => (f.Path, f.IsExecutable)));
        }
    }

    // zip-01
    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a/../b")]
    [InlineData("/etc/x")]
    [InlineData("C:\\x")]
    [InlineData("C:x")]
    [InlineData("a\\..\\x")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("con.txt")]
    [InlineData("a/LPT1")]
    [InlineData("a.")]
    [InlineData("a /b")]
    [InlineData("a\u202etxt.exe")]
    [InlineData("a\u200bb")]
    [InlineData("e\u0301")]
    [InlineData("a\nb")]
    [InlineData("a:stream")]
    [InlineData(".git/hooks/post-checkout")]
    [InlineData("x/.GIT/config")]
    public void Zip01_NamesThatLeadElsewhere_RefuseAll(string name)
    {
        Refused(Zip([("ok.txt", "ok", 0x81A4), (name, "evil", 0x81A4)]));
        Refused(Tar(entries: [Entry(TarEntryType.RegularFile, name)]));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "A")]
    [InlineData("Straße", "STRASSE", false)]
    [InlineData("ﬁle", "file")]
    [InlineData("a", "a/b")]
    [InlineData("a/b", "a")]
    [InlineData("a/b", "A/c")]
    public void Zip01_NamesTwice_RefuseAll(string one, string two, bool clash = true)
    {
        var file = Zip([(one, "1", 0x81A4), (two, "2", 0x81A4)]);
        if (clash) Refused(file);
        else Unpack(file);
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Unpack_ContentThatIsNotWhatWasPacked_RefusesAll(CompressionLevel level)
    {
        var file = Zip([("ok.txt", new string('o', 200), 0x81A4), ("SKILL.md", File1, 0x81A4)], level);
        var bytes = File.ReadAllBytes(file);
        Unpack(file);
        // A bit of the checksum in the directory: nothing else knows what the content should be.
        var directory = bytes.AsSpan().IndexOf("PK\x01\x02"u8);
        bytes[directory + 16] ^= 1;
        File.WriteAllBytes(file, bytes);
        Refused(file);
    }

    [Theory]
    [InlineData(0xA1FF)] // a link
    [InlineData(0x21B6)] // a device
    [InlineData(0x11A4)] // a pipe
    [InlineData(0x89ED)] // setuid
    [InlineData(0x41ED)] // a folder that is called a file
    public void Zip01_KindsAndModes_RefuseAll(int mode) => Refused(Zip([("ok.txt", "ok", 0x81A4), ("evil", "/etc/passwd", mode)]));

    [Fact]
    public void Zip01_TarLinksDevicesAndBits_RefuseAll()
    {
        foreach (var type in new[] { TarEntryType.SymbolicLink, TarEntryType.HardLink, TarEntryType.CharacterDevice, TarEntryType.BlockDevice, TarEntryType.Fifo })
            Refused(Tar(entries: [Entry(TarEntryType.RegularFile, "ok"), Entry(type, "evil"), Entry(TarEntryType.RegularFile, "evil/through")]));
        var special = Entry(TarEntryType.RegularFile, "suid");
        special.Mode |= UnixFileMode.SetUser;
        Refused(Tar(entries: [special]));
        Refused(Tar(entries: [Entry(TarEntryType.RegularFile, "a"), Entry(TarEntryType.RegularFile, "a")]));
    }

    // zip-02
    [Fact]
    public void Zip02_Bombs_AreStoppedByWhatComesOut()
    {
        Refused(Zip(Enumerable.Range(0, 12).Select(i => ($"{i}", new string('0', 4 << 20), 0x81A4))), "times its size");
        Refused(Zip([("big", Noise(6 << 20), 0x81A4)]), "more than 4 MB");
        Refused(Zip(Enumerable.Range(0, 2500).Select(i => ($"d{i}/", "", 0x41ED))), "entries");
        Refused(Zip(Enumerable.Range(0, 1200).Select(i => ($"{i}", "", 0x81A4))), "files");
        Refused(Tar(gzip: true, entries: [.. Enumerable.Range(0, 20).Select(i => Entry(TarEntryType.RegularFile, $"{i}", new string('0', 4 << 20)))]));
    }

    [Fact]
    public void Zip02_LyingSizesAndEncryption_RefuseAll()
    {
        var file = Zip([("a", new string('a', 5000), 0x81A4)]);
        var bytes = File.ReadAllBytes(file);
        // The central directory's uncompressed size.
        var central = bytes.AsSpan().IndexOf("PK\x01\x02"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(central + 24), 100_000);
        File.WriteAllBytes(file, bytes);
        Refused(file);
        // No more comes out than was said, and that is not what was packed.
        BitConverter.TryWriteBytes(bytes.AsSpan(central + 24), 1);
        File.WriteAllBytes(file, bytes);
        Refused(file);
        BitConverter.TryWriteBytes(bytes.AsSpan(central + 24), 5000);
        bytes[central + 8] |= 1;
        bytes[6] |= 1;
        File.WriteAllBytes(file, bytes);
        Refused(file, "encrypted");
    }

    [Fact]
    public void Unpack_NoArchiveOrHalfOfOne_IsRefused()
    {
        foreach (var bytes in (byte[][])[[], [1], "PK"u8.ToArray(), "PK\x03\x04"u8.ToArray(), [0x1F, 0x8B, 8], new byte[2000], "<html>"u8.ToArray()])
        {
            File.WriteAllBytes(_folder["odd"], bytes);
            Refused(_folder["odd"]);
        }
    }

    // Whatever is changed: nothing outside the folder, no link, no other error, and at most what was allowed.
    [Fact]
    public void Unpack_RandomMutations_StayInTheirFolder()
    {
        var random = new SeededRandom(11);
        var seeds = new[] { Zip([("x/SKILL.md", File1, 0x81A4), ("x/a.txt", new string('a', 300), 0x81A4), ("y.bin", "\0\x1", 0x81A4)]), Tar(gzip: false), Tar(gzip: true) }.Select(File.ReadAllBytes).ToArray();
        var (whole, refused) = (0, 0);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = seeds[round % seeds.Length].ToArray();
            for (var i = random.Next(6) + 1; i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(8) == 0) bytes = bytes[..random.Next(bytes.Length)];
            var (file, target) = (_folder["mutated"], Path.Combine(_folder.Path, "in", "target"));
            File.WriteAllBytes(file, bytes);
            Directory.CreateDirectory(target);
            try
            {
                SkillArchive.Unpack(file, target);
                whole++;
            }
            catch (SkillException)
            {
                refused++;
            }
            Assert.Single(Directory.GetFileSystemEntries(Path.Combine(_folder.Path, "in")));
            Assert.All(new DirectoryInfo(target).GetFileSystemInfos("*", SearchOption.AllDirectories), entry => Assert.Null(entry.LinkTarget));
            Directory.Delete(target, true);
        }
        Assert.True(whole > 50 && refused > 200, $"{whole} {refused}");
        Console.WriteLine($"figure: skill archives: 2000 mutations, {refused} refused, {whole} unpacked, 0 outside their folder");
    }

    private static string Noise(int length)
    {
        var bytes = new byte[length * 3 / 4 / 8 * 8];
        new SeededRandom(1).Fill(bytes);
        return Convert.ToBase64String(bytes);
    }

    private string Unpack(string file)
    {
        var target = Directory.CreateDirectory(_folder[$"target{_count++}"]).FullName;
        SkillArchive.Unpack(file, target);
        return target;
    }

    private void Refused(string file, string? why = null)
    {
        var before = Directory.GetFileSystemEntries(_folder.Path).Length;
        var message = Assert.Throws<SkillException>(() => Unpack(file)).Message;
        if (why is not null) Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.True(Directory.GetFileSystemEntries(_folder.Path).Length <= before + 1);
    }

    private string Zip(IEnumerable<(string Name, string Text, int Mode)> entries, CompressionLevel level = CompressionLevel.Optimal)
    {
        var path = _folder[$"{_count++}.zip"];
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, text, mode) in entries)
        {
            var entry = zip.CreateEntry(name, level);
            entry.ExternalAttributes = mode << 16;
            if (text.Length == 0) continue;
            using var writer = new StreamWriter(entry.Open(), new UTF8Encoding(false));
            writer.Write(text);
        }
        return path;
    }

    private string Tar(bool gzip = false, IEnumerable<TarEntry>? entries = null)
    {
        var path = _folder[$"{_count++}.tar"];
        using var file = File.Create(path);
        using var packed = gzip ? new GZipStream(file, CompressionLevel.Optimal) : (Stream)file;
        using var tar = new TarWriter(packed, TarEntryFormat.Pax);
        var script = Entry(TarEntryType.RegularFile, "x/scripts/run.sh");
        script.Mode |= UnixFileMode.UserExecute;
        foreach (var entry in entries ?? [Entry(TarEntryType.Directory, "x/"), Entry(TarEntryType.RegularFile, "x/SKILL.md", File1), script]) tar.WriteEntry(entry);
        return path;
    }

    private static PaxTarEntry Entry(TarEntryType type, string name, string text = "text")
    {
        var entry = new PaxTarEntry(type, name) { Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        if (type == TarEntryType.RegularFile) entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink) entry.LinkName = "/etc";
        return entry;
    }
}
