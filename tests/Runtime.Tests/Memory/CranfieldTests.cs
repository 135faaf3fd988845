using System.Globalization;
using Models.Embedding;
using Runtime.Memory;
using Runtime.Memory.Files;
using Runtime.Memory.Index;
using Runtime.Memory.Search;
using TestKit;
using Xunit.Abstractions;

namespace Runtime.Tests.Memory;

public sealed class CranfieldTests(ITestOutputHelper output)
{
    [SharedFact(Cranfield.Folder)]
    public async Task Search_FindsWhatPeopleJudgedRelevant()
    {
        using var folder = new TemporaryFolder();
        using var index = new MemoryIndex(folder["memory.sqlite"], TimeProvider.System, _ => { });
        var cranfield = new Cranfield();
        var vectors = (await HashEmbedder.Instance.GenerateAsync(cranfield.Documents)).Select(e => e.Vector).ToList();
        index.Replace([.. cranfield.Documents.Select((text, n) => new IndexedText($"memory/{n}.md", new IndexedFile(0, 0, "1", "hash-1024"), [new MemoryChunk(1, 1, "", text)], [vectors[n]]))]);

        var questions = cranfield.Questions;
        var asked = (await HashEmbedder.Instance.GenerateAsync(questions)).Select(e => e.Vector).ToList();
        var today = new DateOnly(2026, 11, 25);
        var (lexical, hybrid) = (0.0, 0.0);
        for (var q = 0; q < questions.Count; q++)
        {
            lexical += cranfield.Gain(q, Places(index.Search(null, reader => HybridSearch.Find(reader, questions[q], [], today, 10))));
            hybrid += cranfield.Gain(q, Places(index.Search(null, reader => HybridSearch.Find(reader, questions[q], asked[q].Span, today, 10))));
        }
        output.WriteLine(FormattableString.Invariant(
            $"figure: memory on Cranfield: nDCG@10 {lexical / questions.Count:F4} by words (goal 0.40), {hybrid / questions.Count:F4} with hash-1024 vectors"));
        Assert.True(lexical / questions.Count >= 0.40);
        Assert.True(hybrid > lexical);
    }

    private static IEnumerable<int> Places(List<MemoryHit> hits) => hits.Select(hit => int.Parse(Path.GetFileNameWithoutExtension(hit.Path), CultureInfo.InvariantCulture));
}
