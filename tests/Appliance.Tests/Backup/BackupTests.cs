using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Appliance.Backup;
using TestKit;

namespace Appliance.Tests.Backup;

public sealed class BackupTests : IDisposable
{
    private const string Passphrase = "correct horse battery staple";
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    private string Home => _folder["home"];

    public BackupTests()
    {
        Write("appliance.json", "{ // mine\n}");
        Write("agents/main/sessions/a.jsonl", "{\"a\":1}\n{\"b\":2}\n");
        Write("agents/main/workspace/.hidden/notes.md", "remember");
        Write("secrets/TOKEN", "s3cret");
        Write("models/big/1/model.onnx", "weights");
        Write("cache/kv/x", "warm");
        Write("gateway/identity.json", "{}");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData(Passphrase)]
    public void Restore_IntoAnEmptyHome_HasEverythingButModels(string? passphrase)
    {
        Run(Path.Combine(Home, "agents/main/workspace/run.sh"));
        var manifest = BackupArchive.Create(Home, _folder["b"], passphrase, _time);
        Assert.Equal(passphrase is not null, BackupArchive.IsSealed(_folder["b"]));
        Assert.Equal(manifest.Files, BackupArchive.Verify(_folder["b"], passphrase).Files);
        var (restored, aside) = BackupRestore.Restore(_folder["b"], passphrase, _folder["new"], force: false, _time);
        Assert.Null(aside);
        Assert.Equal(
            ["agents/main/sessions/a.jsonl", "agents/main/workspace/.hidden/notes.md", "agents/main/workspace/run.sh", "appliance.json", "gateway/identity.json", "secrets/TOKEN"],
            restored.Files.Select(f => f.Path));
        foreach (var file in restored.Files) Assert.Equal(File.ReadAllBytes(Path.Combine(Home, file.Path)), File.ReadAllBytes(Path.Combine(_folder["new"], file.Path)));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(0b110_000_000, (int)File.GetUnixFileMode(Path.Combine(_folder["new"], "secrets/TOKEN")));
        Assert.Equal(0b111_000_000, (int)File.GetUnixFileMode(Path.Combine(_folder["new"], "agents/main/workspace/run.sh")));
        Assert.Equal(0b111_000_000, (int)File.GetUnixFileMode(_folder["new"]));
        Assert.Equal(0b110_000_000, (int)File.GetUnixFileMode(_folder["b"]));
    }

    [Fact]
    public void Restore_OverAHome_NeedsForce_KeepsModels_AndPutsTheRestAside()
    {
        BackupArchive.Create(Home, _folder["b"], null, _time);
        Write("appliance.json", "{ \"newer\": 1 }");
        Write("agents/main/sessions/new.jsonl", "{}\n");
        Assert.Contains("--force", Assert.Throws<BackupException>(() => BackupRestore.Restore(_folder["b"], null, Home, force: false, _time)).Message);
        var (_, aside) = BackupRestore.Restore(_folder["b"], null, Home, force: true, _time);
        Assert.Equal("{ // mine\n}", File.ReadAllText(Path.Combine(Home, "appliance.json")));
        Assert.False(File.Exists(Path.Combine(Home, "agents/main/sessions/new.jsonl")));
        Assert.Equal("weights", File.ReadAllText(Path.Combine(Home, "models/big/1/model.onnx")));
        Assert.Equal("{ \"newer\": 1 }", File.ReadAllText(Path.Combine(aside!, "appliance.json")));
        Assert.Equal(["b", "home", Path.GetFileName(aside)], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Passphrase)]
    public void Read_CutOffOrChangedAnywhere_IsRefusedAndChangesNothing(string? passphrase)
    {
        BackupArchive.Create(Home, _folder["b"], passphrase, _time);
        var whole = File.ReadAllBytes(_folder["b"]);
        var random = new SeededRandom(7);
        // A sealed one derives its key each time, which is slow on purpose.
        for (var i = 0; i < (passphrase is null ? 600 : 4); i++)
        {
            var damaged = i % 2 == 0 ? whole[..random.Next(whole.Length - 1)] : [.. whole];
            if (i % 2 == 1) damaged[10 + random.Next(whole.Length - 18)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_folder["damaged"], damaged);
            if (passphrase is null && Same(damaged, whole)) continue;
            Assert.Throws<BackupException>(() => BackupArchive.Verify(_folder["damaged"], passphrase));
            Assert.Throws<BackupException>(() => BackupRestore.Restore(_folder["damaged"], passphrase, _folder["new"], force: false, _time));
            Assert.False(Directory.Exists(_folder["new"]));
        }
        Assert.DoesNotContain(Directory.EnumerateDirectories(_folder.Path), d => d.Contains(".restore-", StringComparison.Ordinal));
    }

    // Behind gzip's checksum, which whoever makes a file by hand can make right.
    [Fact]
    public void Read_ChangedWithin_IsReadOrRefused()
    {
        BackupArchive.Create(Home, _folder["b"], null, _time);
        using var plain = new MemoryStream();
        using (var gzip = new GZipStream(File.OpenRead(_folder["b"]), CompressionMode.Decompress)) gzip.CopyTo(plain);
        var whole = plain.ToArray();
        var random = new SeededRandom(8);
        var refused = 0;
        for (var i = 0; i < 2000; i++)
        {
            byte[] damaged = [.. whole];
            // Most of it in what is not zero: names, sizes, times, contents.
            for (var n = 1 + random.Next(3); n > 0; n--)
            {
                var at = random.Next(whole.Length);
                while (whole[at] == 0 && random.Next(8) != 0) at = random.Next(whole.Length);
                damaged[at] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(damaged[at] ^ (1 << random.Next(8)));
            }
            using (var gzip = new GZipStream(File.Create(_folder["damaged"]), CompressionLevel.NoCompression)) gzip.Write(damaged);
            var thrown = Record.Exception(() => BackupArchive.Verify(_folder["damaged"], null));
            if (thrown is not null) Assert.IsType<BackupException>(thrown);
            if (thrown is not null) refused++;
        }
        Assert.InRange(refused, 1000, 2000);
    }

    [Fact]
    public void Read_ASealedOne_NeedsItsPassphrase()
    {
        BackupArchive.Create(Home, _folder["b"], Passphrase, _time);
        Assert.Contains("--passphrase-file", Assert.Throws<BackupException>(() => BackupArchive.Verify(_folder["b"], null)).Message);
        Assert.Contains("the passphrase is another one", Assert.Throws<BackupException>(() => BackupArchive.Verify(_folder["b"], "wrong")).Message);
        Assert.DoesNotContain("s3cret", Encoding.Latin1.GetString(File.ReadAllBytes(_folder["b"])));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/tmp/outside")]
    [InlineData("a/../../outside")]
    [InlineData("a\\..\\outside")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("C:/x")]
    [InlineData("a\nb")]
    public void Restore_AnArchiveThatNamesAnotherPlace_IsRefused(string path)
    {
        WriteArchive(tar => tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream([1]) }));
        Refused();
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Directory)]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    public void Restore_AnArchiveWithMoreThanFiles_IsRefused(TarEntryType type)
    {
        WriteArchive(tar =>
        {
            var entry = new PaxTarEntry(type, "agents");
            if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink) entry.LinkName = "/etc";
            tar.WriteEntry(entry);
        });
        Refused();
    }

    [Fact]
    public void Restore_AnArchiveWithTwoFilesOfAName_IsRefused()
    {
        WriteArchive(tar =>
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "a") { DataStream = new MemoryStream([1]) });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "a") { DataStream = new MemoryStream([2]) });
        });
        Refused();
    }

    [Fact]
    public async Task Create_WhileTranscriptsAreWritten_HasWholeLinesOnly()
    {
        using var stop = new CancellationTokenSource();
        var path = Path.Combine(Home, "agents/main/sessions/a.jsonl");
        var writer = Task.Run(() =>
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 0);
            // In two writes, as a torn one would be.
            while (!stop.IsCancellationRequested)
            {
                file.Write("{\"text\":\"half"u8);
                file.Write(" and half\"}\n"u8);
            }
        });
        for (var i = 0; i < 5; i++)
        {
            BackupArchive.Create(Home, _folder[$"b{i}"], null, _time);
            BackupRestore.Restore(_folder[$"b{i}"], null, _folder[$"h{i}"], force: false, _time);
            var text = File.ReadAllText(Path.Combine(_folder[$"h{i}"], "agents/main/sessions/a.jsonl"));
            Assert.EndsWith("}\n", text, StringComparison.Ordinal);
            Assert.Equal(text.Split("half and half").Length, text.Split("half").Length / 2 + 1);
        }
        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public void Create_OverAFile_IsRefused()
    {
        File.WriteAllText(_folder["b"], "mine");
        Assert.Throws<BackupException>(() => BackupArchive.Create(Home, _folder["b"], null, _time));
        Assert.Equal("mine", File.ReadAllText(_folder["b"]));
    }

    private void Refused()
    {
        Assert.Throws<BackupException>(() => BackupArchive.Verify(_folder["b"], null));
        Assert.Throws<BackupException>(() => BackupRestore.Restore(_folder["b"], null, _folder["new"], force: false, _time));
        Assert.False(Path.Exists(_folder["new"]) || Path.Exists(_folder["outside"]) || Path.Exists("/tmp/outside"));
    }

    private void WriteArchive(Action<TarWriter> write)
    {
        using var file = File.Create(_folder["b"]);
        using var gzip = new GZipStream(file, CompressionLevel.Fastest);
        using var tar = new TarWriter(gzip, TarEntryFormat.Pax);
        write(tar);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, BackupManifest.Name) { DataStream = new MemoryStream("{\"version\":1,\"created_at\":\"2026-01-01T00:00:00Z\",\"program\":\"0\",\"files\":[]}"u8.ToArray()) });
    }

    // A changed bit of gzip's head or of a block's end may stand for nothing.
    private static bool Same(byte[] damaged, byte[] whole) => Unzip(damaged) is { } a && Unzip(whole) is { } b && a.AsSpan().SequenceEqual(b);

    private static byte[]? Unzip(byte[] file)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
            using var output = new MemoryStream();
            gzip.CopyTo(output);
            return output.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(Home, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static void Run(string file)
    {
        File.WriteAllText(file, "#!/bin/sh\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
