using Models;
using Models.Embedding;
using Runtime.Memory;
using TestKit;

namespace Runtime.Tests.Memory;

public sealed class AgentMemoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _told = [];
    private readonly ManualTime _time = new();
    private readonly AgentMemory _memory;

    public AgentMemoryTests() => _memory = Open();

    public void Dispose()
    {
        _memory.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Search_WhatWasAdded_IsFoundAtOnce()
    {
        Assert.Equal("memory/2026-01-02.md", _memory.Add("Anna's birthday is on the third of May.", isLasting: false, person: null));
        _memory.Add("The boiler was serviced.", isLasting: true, person: null);

        var hit = (await _memory.SearchAsync("when are the birthdays?", 5, person: null))[0];
        Assert.Equal(("memory/2026-01-02.md", "# 2026-01-02\n\n- 03:04 Anna's birthday is on the third of May."), (hit.Path, hit.Text));
        Assert.Equal("MEMORY.md", (await _memory.SearchAsync("boilers", 5, person: null))[0].Path);
    }

    [Fact]
    public async Task Search_FileThatAPersonChanged_FollowsIt()
    {
        Put("MEMORY.md", "# House\n\nThe door code is 4711.\n");
        Assert.Contains("4711", (await _memory.SearchAsync("door code", 5, null))[0].Text, StringComparison.Ordinal);

        Put("MEMORY.md", "# House\n\nThe door code is 1848, since March.\n");
        _time.Advance(TimeSpan.FromMinutes(2));
        var hit = Assert.Single(await _memory.SearchAsync("door code", 5, null));
        Assert.Contains("1848", hit.Text, StringComparison.Ordinal);

        File.Delete(_folder["workspace/MEMORY.md"]);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(await _memory.SearchAsync("door code", 5, null));
    }

    [Fact]
    public async Task Search_Chinese_FindsPartsOfSentences()
    {
        Put("MEMORY.md", "医生的电话号码是五五五。\n");
        Put("memory/2026-11-24.md", "今天下雨。\n");
        Assert.Contains("医生", (await _memory.SearchAsync("电话号码", 1, null))[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_OfAnotherPerson_DoesNotSeeWhatIsPrivate()
    {
        _memory.Add("The present for Ben is a telescope.", isLasting: false, person: "anna");
        Assert.Single(await _memory.SearchAsync("telescope", 5, "anna"));
        Assert.Single(await _memory.SearchAsync("telescope", 5, null));
        Assert.Empty(await _memory.SearchAsync("telescope", 5, "ben"));
        Assert.Throws<ModelException>(() => _memory.Folder.Read("memory/people/anna/2026-01-02.md", "ben", 1, 10));
        Assert.StartsWith("memory/people/___anna/", _memory.Add("x", isLasting: false, person: "../anna"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_LinkInTheFolder_IsNotFollowed()
    {
        File.WriteAllText(_folder["secret.md"], "the secret is swordfish");
        Put("memory/a.md", "nothing here");
        File.CreateSymbolicLink(_folder["workspace/memory/link.md"], _folder["secret.md"]);
        Assert.DoesNotContain(await _memory.SearchAsync("swordfish secret", 5, null), hit => hit.Text.Contains("swordfish", StringComparison.Ordinal));
        Assert.Throws<ModelException>(() => _memory.Folder.Read("memory/link.md", null, 1, 10));
        Assert.Throws<ModelException>(() => _memory.Folder.Read("../secret.md", null, 1, 10));
    }

    [Fact]
    public async Task Search_SaidTwice_GivesItOnce()
    {
        for (var day = 10; day < 20; day++) Put($"memory/2026-11-{day}.md", "The heating engineer comes on Mondays and has the key to the cellar.\n");
        Put("memory/2026-11-21.md", "Heating oil was ordered.\n");
        Assert.Equal(2, (await _memory.SearchAsync("heating", 5, null)).Count);
    }

    [Fact]
    public async Task Search_BrokenIndex_IsMadeAgainAndTold()
    {
        Put("MEMORY.md", "The door code is 4711.\n");
        _memory.Dispose();
        File.WriteAllText(_folder["memory.sqlite"], new string('x', 9000));
        using var again = Open();
        Assert.Single(await again.SearchAsync("door code", 5, null));
        Assert.Contains("was broken", Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_ManyFiles_ReadsOnlyWhatChanged()
    {
        for (var n = 0; n < 600; n++) Put($"memory/{n}.md", $"note {n} says word{n}\n");
        Assert.Equal("memory/77.md", (await _memory.SearchAsync("word77", 5, null))[0].Path);
        Assert.Equal(600, _memory.Count);
    }

    [Fact]
    public async Task Refresh_FileThatWasTouchedAlone_IsNotReadIntoTheIndexAgain()
    {
        var embedded = new CountingEmbedder();
        using var memory = new AgentMemory(_folder["workspace"], _folder["other.sqlite"], _ => Task.FromResult<TextEmbedder>(embedded), _time, _told.Add);
        Put("MEMORY.md", "The door code is 4711.\n");
        await memory.RefreshAsync();
        File.SetLastWriteTimeUtc(_folder["workspace/MEMORY.md"], new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _time.Advance(TimeSpan.FromMinutes(2));
        await memory.RefreshAsync();
        Assert.Equal(1, embedded.Texts);

        Put("MEMORY.md", "The door code is 1848.\n");
        _time.Advance(TimeSpan.FromMinutes(2));
        await memory.RefreshAsync();
        Assert.Equal(2, embedded.Texts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?!")]
    [InlineData("\"OR AND NOT NEAR( *")]
    [InlineData("a-b:c^d")]
    public async Task Search_OddQuestion_NeverFails(string question)
    {
        Put("MEMORY.md", "Something.\n");
        Assert.True((await _memory.SearchAsync(question, 5, null)).Count <= 1);
    }

    [Fact]
    public void Add_AfterALineWithoutEnd_BeginsALine()
    {
        Put("memory/2026-01-02.md", "half a line");
        _memory.Add("two\nlines", isLasting: false, person: null);
        Assert.Equal("half a line\n- 03:04 two lines\n", File.ReadAllText(_folder["workspace/memory/2026-01-02.md"]));
    }

    private sealed class CountingEmbedder : TextEmbedder
    {
        public int Texts { get; private set; }

        public override string Name => "counting";

        public override int Dimensions => HashEmbedder.Instance.Dimensions;

        public override Task<Microsoft.Extensions.AI.GeneratedEmbeddings<Microsoft.Extensions.AI.Embedding<float>>> EmbedAsync(
            IReadOnlyList<EmbeddingInput> inputs, EmbeddingSettings settings, CancellationToken cancellation = default)
        {
            Texts += inputs.Count;
            return HashEmbedder.Instance.EmbedAsync(inputs, settings, cancellation);
        }
    }

    private AgentMemory Open() =>
        new(_folder["workspace"], _folder["memory.sqlite"], _ => Task.FromResult<TextEmbedder>(HashEmbedder.Instance), _time, _told.Add);

    private void Put(string name, string text)
    {
        var path = _folder[$"workspace/{name}"];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
