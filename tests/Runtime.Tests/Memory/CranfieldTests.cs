using System.Globalization;
using System.Text;
using Models.Embedding;
using Runtime.Memory;
using Runtime.Memory.Files;
using Runtime.Memory.Index;
using Runtime.Memory.Search;
using TestKit;
using Xunit.Abstractions;

namespace Runtime.Tests.Memory;

/// <summary>Retrieval on Cranfield: 1,400 abstracts, 225 questions, judged by people (Cleverdon 1967).</summary>
public sealed class CranfieldTests(ITestOutputHelper output)
{
    private const string Folder = "evals/cranfield";

    [SharedFact(Folder)]
    public async Task Search_FindsWhatPeopleJudgedRelevant()
    {
        using var folder = new TemporaryFolder();
        using var index = new MemoryIndex(folder["memory.sqlite"], TimeProvider.System, _ => { });
        var (documents, questions) = (Read("cran.all.1400"), Read("cran.qry"));
        var relevant = File.ReadLines(Shared.Find(Folder, "cranqrel")!)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray())
            .Where(judgement => judgement[2] > 0).ToLookup(judgement => judgement[0] - 1, judgement => judgement[1] - 1);
        var vectors = (await HashEmbedder.Instance.GenerateAsync(documents)).Select(e => e.Vector).ToList();
        index.Replace([.. documents.Select((text, n) => new IndexedText($"memory/{n}.md", new IndexedFile(0, 0, "hash-1024"), [new MemoryChunk(1, 1, "", text)], [vectors[n]]))]);

        var asked = (await HashEmbedder.Instance.GenerateAsync(questions)).Select(e => e.Vector).ToList();
        var today = new DateOnly(2026, 11, 25);
        var (lexical, hybrid) = (0.0, 0.0);
        for (var q = 0; q < questions.Count; q++)
        {
            HashSet<int> judged = [.. relevant[q]];
            lexical += Gain(index.Search(reader => HybridSearch.Find(reader, questions[q], [], _ => true, today, 10)), judged);
            hybrid += Gain(index.Search(reader => HybridSearch.Find(reader, questions[q], asked[q].Span, _ => true, today, 10)), judged);
        }
        output.WriteLine(FormattableString.Invariant(
            $"figure: memory on Cranfield: nDCG@10 {lexical / questions.Count:F4} by words (goal 0.40), {hybrid / questions.Count:F4} with hash-1024 vectors"));
        Assert.True(lexical / questions.Count >= 0.40);
        Assert.True(hybrid > lexical);
    }

    // nDCG@10 of a binary judgement (Järvelin and Kekäläinen 2002).
    private static double Gain(List<MemoryHit> hits, HashSet<int> relevant)
    {
        var gain = hits.Select((hit, place) => relevant.Contains(int.Parse(Path.GetFileNameWithoutExtension(hit.Path), CultureInfo.InvariantCulture)) ? 1 / Math.Log2(place + 2) : 0).Sum();
        return gain / Enumerable.Range(0, Math.Min(10, relevant.Count)).Sum(place => 1 / Math.Log2(place + 2));
    }

    // Records begin with .I; what follows .W is the text, the title in it. Questions are numbered with gaps, judged by their place.
    private static List<string> Read(string name)
    {
        var texts = new List<StringBuilder>();
        var inText = false;
        foreach (var line in File.ReadLines(Shared.Find(Folder, name)!))
        {
            if (line.StartsWith(".I", StringComparison.Ordinal)) texts.Add(new StringBuilder());
            if (line.StartsWith('.') && line.Length >= 2 && char.IsAsciiLetterUpper(line[1])) inText = line.StartsWith(".W", StringComparison.Ordinal);
            else if (inText) texts[^1].AppendLine(line);
        }
        return [.. texts.Select(text => text.ToString())];
    }
}
