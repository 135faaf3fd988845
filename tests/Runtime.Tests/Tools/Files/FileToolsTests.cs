using System.Text;

namespace Runtime.Tests.Tools.Files;

public sealed class FileToolsTests : IDisposable
{
    private readonly ToolBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Write_MakesFoldersAndReplaces_AndReadGivesItBack()
    {
        await _bench.OkAsync("write", """{"path":"a/b/note.md","content":"one\ntwo\n"}""");
        Assert.Equal("one\ntwo\n", _bench.Get("a/b/note.md"));
        await _bench.OkAsync("write", """{"path":"a/b/note.md","content":"three"}""");
        Assert.Equal("three\n", await _bench.OkAsync("read", """{"path":"a/b/note.md"}"""));
        Assert.Equal(["note.md"], Directory.GetFiles(Path.Combine(_bench.Workspace, "a/b")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Write_WhereAKilledOneLeftItsNewFile_TakesItAwayOnceNobodyCanBeAtIt()
    {
        await _bench.OkAsync("write", """{"path":"a/note.md","content":"one"}""");
        var folder = Path.Combine(_bench.Workspace, "a");
        string[] left = [$".{Guid.NewGuid():N}.new", $".{Guid.NewGuid():N}.new", ".mine.new"];
        foreach (var name in left) File.WriteAllText(Path.Combine(folder, name), "half");
        foreach (var name in left[1..]) File.SetLastWriteTimeUtc(Path.Combine(folder, name), DateTime.UtcNow.AddHours(-2));
        await _bench.OkAsync("write", """{"path":"a/note.md","content":"two"}""");
        Assert.Equal([left[0], ".mine.new", "note.md"], Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).OrderBy(name => name == "note.md").ThenBy(name => name == ".mine.new"));
    }

    [Fact]
    public async Task Read_LongFile_ComesInPagesThatMeet()
    {
        var lines = Enumerable.Range(1, 3000).Select(i => $"line {i} {new string('x', 40)}").ToArray();
        _bench.Put("long.txt", string.Join('\n', lines));
        var seen = new List<string>();
        var from = 1;
        while (from <= 3000)
        {
            var page = await _bench.OkAsync("read", $$"""{"path":"long.txt","from":{{from}}}""");
            var got = page.Split('\n').Where(l => l.StartsWith("line ", StringComparison.Ordinal)).ToArray();
            Assert.NotEmpty(got);
            seen.AddRange(got);
            from += got.Length;
        }
        Assert.Equal(lines, seen);
        Assert.Contains("3000 lines", await _bench.ErrorAsync("read", """{"path":"long.txt","from":3001}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_NoText_SaysSo()
    {
        File.WriteAllBytes(_bench.Put("x.bin", ""), [1, 0, 2]);
        Assert.Contains("not a text file", await _bench.ErrorAsync("read", """{"path":"x.bin"}"""), StringComparison.Ordinal);
        Assert.Contains("There is no", await _bench.ErrorAsync("read", """{"path":"none"}"""), StringComparison.Ordinal);
        Assert.Contains("is a folder", await _bench.ErrorAsync("read", """{"path":"."}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_OldMustOccurOnce()
    {
        _bench.Put("n.txt", "a b a");
        Assert.Contains("2 times", await _bench.ErrorAsync("edit", """{"path":"n.txt","old":"a","new":"c"}"""), StringComparison.Ordinal);
        Assert.Contains("does not occur", await _bench.ErrorAsync("edit", """{"path":"n.txt","old":"z","new":"c"}"""), StringComparison.Ordinal);
        await _bench.OkAsync("edit", """{"path":"n.txt","old":"b a","new":"c"}""");
        Assert.Equal("a c", _bench.Get("n.txt"));
        await _bench.OkAsync("edit", """{"path":"n.txt","old":" ","new":"-","all":true}""");
        Assert.Equal("a-c", _bench.Get("n.txt"));
    }

    [Fact]
    public async Task Ls_Find_Grep_TellWhatIsThere_AndFollowNoLink()
    {
        _bench.Put("notes/a.md", "Hello World\nsecond");
        _bench.Put("notes/b.txt", "hello again");
        Directory.CreateSymbolicLink(Path.Combine(_bench.Workspace, "notes", "etc"), "/etc");
        Assert.Equal("a.md  18 B\nb.txt  11 B\netc (link, not followed)", await _bench.OkAsync("ls", """{"path":"notes"}"""));
        Assert.Equal("notes/a.md", await _bench.OkAsync("find", """{"name":"*.md"}"""));
        Assert.Equal("notes/a.md:1: Hello World\nnotes/b.txt:1: hello again\n", await _bench.OkAsync("grep", """{"regex":"^hello"}"""));
        Assert.Contains("malformed", await _bench.ErrorAsync("grep", """{"regex":"("}"""), StringComparison.Ordinal);
    }

    // The only place where somebody's pattern is run: it has its time, and the answer says so.
    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("((a+)+)$")]
    [InlineData("(a|a)*b")]
    public async Task Dos08_PatternThatTakesForEver_IsEndedAndSaidToBeBad(string regex)
    {
        _bench.Put("bad.txt", new string('a', 5000) + "!");
        Assert.Contains("too long", await _bench.ErrorAsync("grep", $$"""{"regex":"{{regex}}"}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("%2e%2e%2fetc/passwd")]
    [InlineData("..\\..\\etc\\passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("~root/.ssh/id_rsa")]
    [InlineData("@/etc/passwd")]
    [InlineData("C:\\x")]
    [InlineData("\\\\?\\x")]
    [InlineData("note\u0000.md")]
    public async Task Path01_OutsideInAnySpelling_IsRefused_AndTellsNothingOfWhatIsThere(string path)
    {
        foreach (var tool in (string[])["read", "ls", "find", "grep", "edit"])
        {
            var error = await _bench.ErrorAsync(tool, Arguments(tool, path));
            Assert.DoesNotContain("root:", error, StringComparison.Ordinal);
            // What is there and what is not are refused alike.
            if (Path.IsPathRooted(path)) Assert.Equal(error.Replace(path, "", StringComparison.Ordinal), (await _bench.ErrorAsync(tool, Arguments(tool, "/etc/none"))).Replace("/etc/none", "", StringComparison.Ordinal));
        }
        var before = Directory.Exists("/etc") ? File.ReadAllText("/etc/passwd") : "";
        if (path.StartsWith("..", StringComparison.Ordinal) && path.Contains('/') || Path.IsPathRooted(path) || path.Contains('\0')) await _bench.ErrorAsync("write", Arguments("write", path));
        Assert.Equal(before, File.ReadAllText("/etc/passwd"));

        static string Arguments(string tool, string path) => new System.Text.Json.Nodes.JsonObject
        {
            ["path"] = path,
            ["name"] = "*",
            ["regex"] = "root",
            ["old"] = "a",
            ["new"] = "b",
            ["content"] = "x",
        }.ToJsonString();
    }

    [Fact]
    public async Task ApplyPatch_ChangesSeveralFiles_OrNone()
    {
        _bench.Put("one.txt", "a\nb\nc\nd\ne\n");
        _bench.Put("two.txt", "gone");
        _bench.Put("three.txt", "x\n");
        await _bench.OkAsync("apply_patch", Arguments("""
            *** Begin Patch
            *** Update File: one.txt
            @@ a
             b
            -c
            +C
            +CC
             d
            @@
             e
            +f
            *** Add File: new/four.txt
            +hello
            +there
            *** Delete File: two.txt
            *** Update File: three.txt
            *** Move to: moved.txt
            -x
            +y
            *** End Patch
            """));
        Assert.Equal("a\nb\nC\nCC\nd\ne\nf\n", _bench.Get("one.txt"));
        Assert.Equal("hello\nthere\n", _bench.Get("new/four.txt"));
        Assert.Equal("y\n", _bench.Get("moved.txt"));
        Assert.False(File.Exists(Path.Combine(_bench.Workspace, "two.txt")) || File.Exists(Path.Combine(_bench.Workspace, "three.txt")));
        var error = await _bench.ErrorAsync("apply_patch", Arguments("""
            *** Begin Patch
            *** Delete File: moved.txt
            *** Update File: one.txt
            -not there
            +x
            *** End Patch
            """));
        Assert.Contains("not there", error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_bench.Workspace, "moved.txt")));
    }

    // symlink-01
    [Fact]
    public async Task Files_LinksOutOfTheWorkspace_AreNeverFollowed()
    {
        var secret = _bench.Outside("secret.txt");
        File.WriteAllText(secret, "SECRET");
        var outside = _bench.Outside("outside");
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(outside, "f.txt"), "SECRET");
        var at = _bench.Workspace;
        File.CreateSymbolicLink(Path.Combine(at, "link"), secret);
        File.CreateSymbolicLink(Path.Combine(at, "dangling"), _bench.Outside("made-by-agent"));
        Directory.CreateSymbolicLink(Path.Combine(at, "parent"), outside);
        Assert.Equal(0, HardLink(secret, Path.Combine(at, "hard")));
        foreach (var path in new[] { "link", "dangling", "parent/f.txt", "hard", "../../../../secret.txt", "/etc/passwd", "parent/../../x", "/proc/self/environ" })
        {
            foreach (var (tool, arguments) in new[]
            {
                ("read", $$"""{"path":"{{path}}"}"""), ("edit", $$"""{"path":"{{path}}","old":"SECRET","new":"x"}"""),
                ("apply_patch", Arguments($"*** Begin Patch\n*** Delete File: {path}\n*** End Patch")),
            })
                Assert.DoesNotContain("SECRET", await _bench.ErrorAsync(tool, arguments), StringComparison.Ordinal);
        }
        foreach (var path in new[] { "link", "dangling", "parent/f.txt", "parent/new.txt", "../x", "/tmp/x-agent" })
            await _bench.ErrorAsync("write", $$"""{"path":"{{path}}","content":"x"}""");
        await _bench.ErrorAsync("ls", """{"path":"parent"}""");
        Assert.Equal("No line matches.", await _bench.OkAsync("grep", """{"regex":"SECRET"}"""));
        // A write to the hard link's name makes a file of its own.
        await _bench.OkAsync("write", """{"path":"hard","content":"mine"}""");
        Assert.Equal(("SECRET", "SECRET"), (File.ReadAllText(secret), File.ReadAllText(Path.Combine(outside, "f.txt"))));
        Assert.False(File.Exists(_bench.Outside("made-by-agent")));
        Assert.Equal(["f.txt"], Directory.GetFiles(outside).Select(Path.GetFileName));
    }

    // symlink-01: the swap between check and open
    [Fact]
    public async Task Read_FolderSwappedForALinkMeanwhile_NeverReadsOutside()
    {
        var outside = _bench.Outside("outside");
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(outside, "f.txt"), "SECRET");
        var (real, link, shown) = (_bench.Outside("real"), _bench.Outside("link"), Path.Combine(_bench.Workspace, "d"));
        Directory.CreateDirectory(real);
        File.WriteAllText(Path.Combine(real, "f.txt"), "fine");
        Directory.CreateSymbolicLink(link, outside);
        using var stop = new CancellationTokenSource();
        var swaps = 0;
        var swapper = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(real, shown);
                Directory.Move(shown, real);
                Directory.Move(link, shown);
                Directory.Move(shown, link);
                Interlocked.Increment(ref swaps);
            }
        });
        var read = 0;
        for (var i = 0; i < 10_000 || (Volatile.Read(ref swaps) < 100 && !swapper.IsCompleted); i++)
        {
            try { Assert.Equal("fine", Encoding.UTF8.GetString(_bench.Context.Files.ReadAll("d/f.txt"))); read++; }
            catch (Runtime.Tools.ToolException) { }
        }
        await stop.CancelAsync();
        await swapper;
        Assert.True(swaps >= 100, $"{swaps} swaps, {read} reads");
    }

    [Fact]
    public async Task Write_ReadOnlyFolder_IsRefused_AndReadAllowed()
    {
        var folder = _bench.Outside("shared");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "f.txt"), "fine");
        _bench.Context = _bench.Context with { Files = new(_bench.Workspace, [new(folder, IsWritable: false)]) };
        Assert.Equal("fine\n", await _bench.OkAsync("read", $$"""{"path":"{{folder}}/f.txt"}"""));
        Assert.Contains("only to be read", await _bench.ErrorAsync("write", $$"""{"path":"{{folder}}/f.txt","content":"x"}"""), StringComparison.Ordinal);
        Assert.Contains("only to be read", await _bench.ErrorAsync("apply_patch", Arguments($"*** Begin Patch\n*** Add File: mine.txt\n+x\n*** Add File: {folder}/g.txt\n+x\n*** End Patch")), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_bench.Workspace, "mine.txt")));
    }

    private static string Arguments(string patch) => new System.Text.Json.Nodes.JsonObject { ["patch"] = patch }.ToJsonString();

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "link", CharSet = System.Runtime.InteropServices.CharSet.Ansi)]
    private static extern int HardLink(string from, string to);
}
