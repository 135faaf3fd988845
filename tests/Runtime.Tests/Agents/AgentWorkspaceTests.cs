using System.Text;
using Models;
using Runtime.Agents;
using TestKit;

namespace Runtime.Tests.Agents;

public sealed class AgentWorkspaceTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly AgentWorkspace _workspace;

    public AgentWorkspaceTests()
    {
        _workspace = new AgentWorkspace(_home["agents/main/workspace"]);
        Directory.CreateDirectory(_home["agents/main/workspace/notes"]);
        File.WriteAllText(_home["agents/main/workspace/notes/today.txt"], "today");
        File.WriteAllText(_home["secret"], "secret");
    }

    public void Dispose() => _home.Dispose();

    [Fact]
    public void WriteKnown_IsRead_AndRefusesWhatHasChanged()
    {
        Assert.Null(_workspace.ReadKnown("SOUL.md"));
        var first = _workspace.WriteKnown("SOUL.md", "kind"u8, null);
        Assert.Equal("kind", Encoding.UTF8.GetString(_workspace.ReadKnown("SOUL.md")!.Content));
        _workspace.WriteKnown("SOUL.md", "kinder"u8, first.Hash.ToUpperInvariant());
        Assert.ThrowsAny<ModelException>(() => _workspace.WriteKnown("SOUL.md", "lost"u8, first.Hash));
        Assert.ThrowsAny<ModelException>(() => _workspace.WriteKnown("USER.md", "lost"u8, first.Hash));
        Assert.ThrowsAny<ModelException>(() => _workspace.WriteKnown("SOUL.md", new byte[AgentWorkspace.LargestFile + 1], null));
        Assert.Equal("kinder", Encoding.UTF8.GetString(_workspace.ReadKnown("SOUL.md")!.Content));
    }

    [Theory]
    [InlineData("other.md")]
    [InlineData("soul.md")]
    [InlineData("../SOUL.md")]
    [InlineData("notes/SOUL.md")]
    [InlineData("")]
    public void ReadKnown_AnyOtherName_IsRefused(string name)
    {
        Assert.ThrowsAny<ModelException>(() => _workspace.ReadKnown(name));
        Assert.ThrowsAny<ModelException>(() => _workspace.WriteKnown(name, "x"u8, null));
    }

    [Theory]
    [InlineData("../../../secret")]
    [InlineData("notes/../../../../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("notes//today.txt")]
    [InlineData("./notes")]
    [InlineData("..\\secret")]
    [InlineData("notes\0x")]
    public void Read_PathThatLeadsOut_IsRefused(string path)
    {
        Assert.ThrowsAny<ModelException>(() => _workspace.Read(path));
        Assert.ThrowsAny<ModelException>(() => _workspace.List(path));
    }

    [Fact]
    public void Links_AreNotFollowed_AndNotListed()
    {
        File.CreateSymbolicLink(Path.Combine(_workspace.Folder, "SOUL.md"), _home["secret"]);
        File.CreateSymbolicLink(Path.Combine(_workspace.Folder, "link"), _home.Path);
        Assert.ThrowsAny<ModelException>(() => _workspace.ReadKnown("SOUL.md"));
        Assert.ThrowsAny<ModelException>(() => _workspace.WriteKnown("SOUL.md", "x"u8, null));
        Assert.ThrowsAny<ModelException>(() => _workspace.Read("link/secret"));
        Assert.ThrowsAny<ModelException>(() => _workspace.List("link"));
        Assert.Equal(["notes"], _workspace.List("").Select(e => e.Name));
        Assert.Equal("secret", File.ReadAllText(_home["secret"]));
    }

    [Fact]
    public void Read_BelowALinkThatIsTheBoxesOwn_Works()
    {
        Directory.CreateSymbolicLink(_home["moved"], _home["agents"]);
        Assert.Equal("today", Encoding.UTF8.GetString(new AgentWorkspace(_home["moved/main/workspace"]).Read("notes/today.txt")!.Content));
    }

    [Fact]
    public void List_And_Read_ShowWhatIsThere()
    {
        File.WriteAllText(Path.Combine(_workspace.Folder, "a.txt"), "");
        Assert.Equal([("notes", true, (long?)null), ("a.txt", false, 0L)], _workspace.List("").Select(e => (e.Path, e.IsFolder, e.Size)));
        Assert.Equal("notes/today.txt", _workspace.List("notes").Single().Path);
        Assert.Empty(_workspace.Read("a.txt")!.Content);
        Assert.Null(_workspace.Read("none.txt"));
        Assert.Empty(new AgentWorkspace(_home["nowhere"]).List(""));
        Assert.ThrowsAny<ModelException>(() => _workspace.List("nowhere"));
    }
}
