using Microsoft.Data.Sqlite;
using Models.Embedding;
using Runtime.Memory.Files;
using Runtime.Memory.Index;
using Runtime.Memory.Search;
using TestKit;

namespace Runtime.Tests.Memory;

public sealed class MemoryIndexTests : IDisposable
{
    private static readonly string[] Words = [.. "ash bay cod dew elm fig gum hop ivy jay kiwi lime moss nut oak pine quince rye sage teak".Split(' ')];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>What is in memory follows the files as they come, change and go: an index that is opened anew finds the same.</summary>
    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public async Task Search_AfterManyChanges_FindsWhatAnIndexThatIsOpenedAnewFinds(ulong seed)
    {
        var random = new SeededRandom(seed);
        using var followed = new MemoryIndex(_folder["memory.sqlite"], TimeProvider.System, _ => { });
        for (var step = 0; step < 40; step++)
        {
            List<IndexedText> batch = [];
            for (var n = random.Next(4); n >= 0; n--)
            {
                var path = random.Next(3) == 0 ? $"memory/people/p{random.Next(2)}/{random.Next(6)}.md" : $"memory/{random.Next(12)}.md";
                if (batch.Exists(text => text.Path == path)) continue;
                batch.Add(random.Next(4) == 0 ? IndexedText.Gone(path) : await TextAsync(path, random));
            }
            followed.Replace(batch);
            var question = $"{Words[random.Next(20)]} {Words[random.Next(20)]}";
            var person = random.Next(3) switch { 0 => null, 1 => "p0", _ => "p1" };
            var vector = (await HashEmbedder.Instance.GenerateAsync([question]))[0].Vector;
            using var anew = new MemoryIndex(_folder["memory.sqlite"], TimeProvider.System, _ => { });
            var expected = anew.Search(person, reader => HybridSearch.Find(reader, question, vector.Span, new DateOnly(2026, 11, 25), 8));
            var found = followed.Search(person, reader => HybridSearch.Find(reader, question, vector.Span, new DateOnly(2026, 11, 25), 8));
            Assert.Equal(expected, found);
            Assert.All(found, hit => Assert.True(person is null || MemoryFolder.OwnerOf(hit.Path) is "" || MemoryFolder.OwnerOf(hit.Path) == person));
        }
    }

    [Fact]
    public async Task Open_OfAnIndexThatHasRemarksAsPieces_HasEveryFileReadAgain()
    {
        using (var index = new MemoryIndex(_folder["memory.sqlite"], TimeProvider.System, _ => { })) index.Replace([await TextAsync("memory/1.md", "<!-- a remark -->")]);
        using (var connection = new SqliteConnection($"Data Source={_folder["memory.sqlite"]};Pooling=False"))
        {
            connection.Open();
            using var before = connection.CreateCommand();
            before.CommandText = "PRAGMA user_version = 2";
            before.ExecuteNonQuery();
        }
        using var again = new MemoryIndex(_folder["memory.sqlite"], TimeProvider.System, _ => { });
        // As no file is, so that each is taken for changed.
        var file = again.Files()["memory/1.md"];
        Assert.Equal((-1L, ""), (file.Size, file.Hash));
    }

    [Fact]
    public async Task Search_OfSomebodyAmongManyNotesOfAnother_FindsTheirOwn()
    {
        using var index = new MemoryIndex(_folder["memory.sqlite"], TimeProvider.System, _ => { });
        List<IndexedText> texts = [];
        for (var n = 0; n < 300; n++) texts.Add(await TextAsync($"memory/people/anna/{n}.md", "the telescope is a present"));
        texts.Add(await TextAsync("memory/people/ben/1.md", "the garden has room for a long list of things, among them somewhere a telescope, and a bench"));
        index.Replace(texts);
        var hit = Assert.Single(index.Search("ben", reader => HybridSearch.Find(reader, "telescope", [], new DateOnly(2026, 11, 25), 5)));
        Assert.Equal("memory/people/ben/1.md", hit.Path);
    }

    [Fact]
    public async Task Search_EveryTermInMostPieces_PutsThePieceThatHasAllFirst()
    {
        using var index = new MemoryIndex(_folder["memory.sqlite"], TimeProvider.System, _ => { });
        List<IndexedText> texts = [];
        for (var n = 0; n < 13_000; n++)
            texts.Add(new IndexedText($"memory/{n}.md", new IndexedFile(0, 0, "1", ""), [new MemoryChunk(1, 1, "", n == 7 ? "ash and bay and cod" : $"ash bay {(n % 2 == 0 ? "dew" : "cod")} elm fig gum")], [new float[64]]));
        index.Replace(texts);
        Assert.Equal("memory/7.md", index.Search(null, reader => HybridSearch.Find(reader, "ash bay cod", [], new DateOnly(2026, 11, 25), 1))[0].Path);
    }

    private static async Task<IndexedText> TextAsync(string path, SeededRandom random)
    {
        var chunks = Enumerable.Range(0, 1 + random.Next(3)).Select(n => new MemoryChunk(n + 1, n + 1, "", string.Join(' ', Enumerable.Range(0, 3 + random.Next(9)).Select(_ => Words[random.Next(20)])))).ToList();
        var vectors = await HashEmbedder.Instance.GenerateAsync(chunks.Select(chunk => chunk.Text));
        return new IndexedText(path, new IndexedFile(1, 1, "1", ""), chunks, [.. vectors.Select(v => v.Vector)]);
    }

    private static async Task<IndexedText> TextAsync(string path, string text) =>
        new(path, new IndexedFile(1, 1, "1", ""), [new MemoryChunk(1, 1, "", text)], [(await HashEmbedder.Instance.GenerateAsync([text]))[0].Vector]);
}
