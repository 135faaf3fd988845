using Models;
using Models.Embedding;
using Runtime.Memory;
using TestKit;

namespace Runtime.Tests.Memory;

/// <summary>Bits that flip, disks that are full, power that goes.</summary>
public sealed class MemoryDamageTests : IDisposable
{
    private readonly MemoryBench _bench = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _bench.Dispose();
        _folder.Dispose();
    }

    /// <summary>A hundred here, a thousand where APPLIANCE_MEMORY_FLIPS says so.</summary>
    [Fact]
    public async Task Search_IndexWithAWrongBit_FindsWhatTheFilesSay()
    {
        for (var n = 0; n < 60; n++) _bench.Put($"memory/{n}.md", $"Note {n} says word{n} and then some more of it.\n");
        await _bench.Memory.RefreshAsync();
        _bench.Memory.Dispose();
        var whole = File.ReadAllBytes(_bench.Index);
        var random = new SeededRandom(5);
        var flips = int.Parse(Environment.GetEnvironmentVariable("APPLIANCE_MEMORY_FLIPS") ?? "100", System.Globalization.CultureInfo.InvariantCulture);
        for (var flip = 0; flip < flips; flip++)
        {
            var broken = (byte[])whole.Clone();
            broken[random.Next(broken.Length)] ^= (byte)(1 << random.Next(8));
            var path = _folder[$"{flip}.sqlite"];
            File.WriteAllBytes(path, broken);
            using (var memory = Open(path))
            {
                // A bit of what a piece says, or of its vector, changes how well it fits, and no more.
                Assert.True((await memory.SearchAsync("word7 note", 60, null)).Count > 0, $"flip {flip}");
                // Read anew, everything is as the files say.
                await memory.ReadAgainAsync();
                Assert.Equal("memory/7.md", (await memory.SearchAsync("word7", 5, null))[0].Path);
            }
            foreach (var file in Directory.GetFiles(_folder.Path)) File.Delete(file);
        }
    }

    /// <summary>What is on the disk at any moment of indexing is enough to go on from.</summary>
    [Fact]
    public async Task Refresh_PowerCutWhileItWrites_GoesOnFromWhatIsThere()
    {
        for (var n = 0; n < 900; n++) _bench.Put($"memory/{n}.md", $"Note {n} says word{n}.\n");
        var indexing = _bench.Memory.RefreshAsync();
        for (var cut = 0; cut < 8 || !indexing.IsCompleted; cut++)
        {
            if (!indexing.IsCompleted) await Task.WhenAny(indexing, Task.Delay(20));
            var path = _folder[$"{cut}.sqlite"];
            foreach (var end in (string[])["-wal", ""])
                if (File.Exists(_bench.Index + end)) Copy(_bench.Index + end, path + end);
            using var memory = Open(path);
            await memory.RefreshAsync();
            Assert.Equal(900, memory.Count);
            Assert.Equal("memory/77.md", (await memory.SearchAsync("word77", 1, null))[0].Path);
        }
        await indexing;
    }

    [RootFact]
    public void Add_DiskFull_AddsNothingAndSaysSo()
    {
        using var disk = new SmallDisk(_folder.Path, 16 * 1024);
        using var memory = new AgentMemory(disk.Path, _folder["full.sqlite"], _ => Task.FromResult<TextEmbedder>(HashEmbedder.Instance), _bench.Time, _ => { });
        memory.Add("first", isLasting: true, person: null);
        var path = Path.Combine(disk.Path, "MEMORY.md");
        Assert.Throws<ModelException>(() =>
        {
            for (var n = 0; n < 100; n++) memory.Add($"{n} {new string('x', 1000)}", isLasting: true, person: null);
        });
        // Whole lines, and the next one that has room goes in.
        Assert.All(File.ReadAllText(path).Split('\n').Where(line => line.StartsWith("- ", StringComparison.Ordinal)).Skip(1), line => Assert.EndsWith(new string('x', 1000), line, StringComparison.Ordinal));
        Assert.EndsWith("\n", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Search_DiskFullUnderTheIndex_SaysSoAndGoesOnWhenThereIsRoom()
    {
        for (var n = 0; n < 300; n++) _bench.Put($"memory/{n}.md", $"Note {n} says word{n} {new string('y', 800)}.\n");
        using var disk = new SmallDisk(_folder.Path, 200 * 1024);
        var filler = Path.Combine(disk.Path, "filler");
        File.WriteAllBytes(filler, new byte[60 * 1024]);
        using (var memory = Open(Path.Combine(disk.Path, "memory.sqlite")))
            await Assert.ThrowsAsync<ModelException>(() => memory.RefreshAsync());
        Assert.Equal(300, Directory.GetFiles(Path.Combine(_bench.Workspace, "memory")).Length);
        using var elsewhere = Open(_folder["room.sqlite"]);
        Assert.Equal("memory/7.md", (await elsewhere.SearchAsync("word7", 1, null))[0].Path);
    }

    private AgentMemory Open(string index) => new(_bench.Workspace, index, _ => Task.FromResult<TextEmbedder>(HashEmbedder.Instance), _bench.Time, _ => { });

    private static void Copy(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var target = File.Create(to);
        source.CopyTo(target);
    }
}
