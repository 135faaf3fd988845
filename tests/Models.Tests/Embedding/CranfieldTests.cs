using Models.Embedding;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Embedding;

public sealed class CranfieldTests(ITestOutputHelper output)
{
    [SharedFact(Cranfield.Folder)]
    public async Task HashEmbedder_FindsWhatPeopleJudgedRelevant()
    {
        var cranfield = new Cranfield();
        var (documents, questions) = (cranfield.Documents, cranfield.Questions);
        Assert.Equal((1400, 225), (documents.Count, questions.Count));

        var stored = (await HashEmbedder.Instance.GenerateAsync(documents)).Select(e => e.Vector).ToList();
        var asked = (await HashEmbedder.Instance.GenerateAsync(questions)).Select(e => e.Vector).ToList();
        var reranker = new EmbeddingReranker(HashEmbedder.Instance);
        var (found, reranked) = (0.0, 0.0);
        for (var q = 0; q < questions.Count; q++)
        {
            var ranking = Enumerable.Range(0, stored.Count).OrderByDescending(d => Vectors.Dot(asked[q].Span, stored[d].Span)).Take(50).ToList();
            found += cranfield.Gain(q, ranking);
            var scores = (await reranker.ScoreAsync(questions[q], [.. ranking.Select(d => documents[d])])).Scores;
            reranked += cranfield.Gain(q, ranking.Zip(scores).OrderByDescending(pair => pair.Second).Select(pair => pair.First));
        }
        output.WriteLine(FormattableString.Invariant($"figure: hash-1024 on Cranfield: nDCG@10 {found / questions.Count:F4} (goal 0.30), its best 50 reranked with words {reranked / questions.Count:F4}"));
        Assert.True(found / questions.Count >= 0.30);
        Assert.True(reranked >= found);
    }
}
