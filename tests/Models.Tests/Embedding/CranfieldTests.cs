using System.Globalization;
using System.Text;
using Models.Embedding;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Embedding;

/// <summary>Retrieval on Cranfield: 1,400 abstracts, 225 questions, judged by people (Cleverdon 1967).</summary>
public sealed class CranfieldTests(ITestOutputHelper output)
{
    private const string Folder = "evals/cranfield";

    [SharedFact(Folder)]
    public async Task HashEmbedder_FindsWhatPeopleJudgedRelevant()
    {
        var documents = Read("cran.all.1400");
        var queries = Read("cran.qry");
        var relevant = File.ReadLines(Shared.Find(Folder, "cranqrel")!)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray())
            .Where(judgement => judgement[2] > 0).ToLookup(judgement => judgement[0] - 1, judgement => judgement[1] - 1);
        Assert.Equal((1400, 225), (documents.Count, queries.Count));

        var stored = (await HashEmbedder.Instance.GenerateAsync(documents)).Select(e => e.Vector).ToList();
        var asked = (await HashEmbedder.Instance.GenerateAsync(queries)).Select(e => e.Vector).ToList();
        var reranker = new EmbeddingReranker(HashEmbedder.Instance);
        var (found, reranked) = (0.0, 0.0);
        for (var q = 0; q < queries.Count; q++)
        {
            var ranking = Enumerable.Range(0, stored.Count).OrderByDescending(d => Vectors.Dot(asked[q].Span, stored[d].Span)).Take(50).ToList();
            found += Gain(ranking, [.. relevant[q]]);
            var scores = (await reranker.ScoreAsync(queries[q], [.. ranking.Select(d => documents[d])])).Scores;
            reranked += Gain([.. ranking.Zip(scores).OrderByDescending(pair => pair.Second).Select(pair => pair.First)], [.. relevant[q]]);
        }
        output.WriteLine(FormattableString.Invariant($"figure: hash-1024 on Cranfield: nDCG@10 {found / queries.Count:F4} (goal 0.30), its best 50 reranked with words {reranked / queries.Count:F4}"));
        Assert.True(found / queries.Count >= 0.30);
        Assert.True(reranked >= found);
    }

    // nDCG@10 of a binary judgement (Järvelin and Kekäläinen 2002).
    private static double Gain(List<int> ranking, HashSet<int> relevant)
    {
        var gain = ranking.Take(10).Select((document, place) => relevant.Contains(document) ? 1 / Math.Log2(place + 2) : 0).Sum();
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
