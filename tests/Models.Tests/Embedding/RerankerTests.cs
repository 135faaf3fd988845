using Models.Embedding;
using Models.Generation;
using Models.Tokens;
using TestKit;

namespace Models.Tests.Embedding;

public sealed class RerankerTests
{
    private const string Query = "the dog";
    private static readonly string[] Documents = ["The dog walked.", "rain", "A cat in a house, walking the dog in the rain"];

    [Fact]
    public async Task Score_CrossEncoder_IsWhatThePlainComputationGives()
    {
        using var encoder = new EncoderModel(new BertModel { Reranker = true, MaxTokens = 16 });
        var tokenizer = Tokenizer.FromFolder(encoder.Installed.Folder);
        var reference = new BertReference(encoder.Model);

        var made = await (await encoder.Host.GetRerankerAsync(null)).ScoreAsync(Query, Documents);

        for (var i = 0; i < Documents.Length; i++)
        {
            int[] first = [2, .. tokenizer.Encode(Query, addSpecialTokens: false), 3];
            var document = tokenizer.Encode(Documents[i], addSpecialTokens: false);
            int[] pair = [.. first, .. document.Take(16 - first.Length - 1), 3];
            Assert.Equal(reference.Score(pair, first.Length), made.Scores[i], 1e-5);
        }
    }

    [Fact]
    public async Task Score_WithoutAReranker_PutsTheDocumentWithTheWordsFirst()
    {
        using var home = new TemporaryFolder();
        using var host = new ModelHost(new(home.Path), new() { Threads = 1 });
        var reranker = await host.Encoders.GetRerankerAsync(null);
        var made = await reranker.ScoreAsync("How long does the battery last?", ["Breakfast is at nine.", "The battery lasts about nine hours.", "A hundred dogs walked by.", ""]);
        Assert.Equal(HashEmbedder.ModelName, reranker.Name);
        Assert.Equal(1, made.Scores.ToList().IndexOf(made.Scores.Max()));
        Assert.All(made.Scores, score => Assert.InRange(score, 0, 1));
    }

    [Fact]
    public async Task Get_ModelsOfAnotherKind_AreRefusedOrStoodInFor()
    {
        using var reranker = new EncoderModel(new BertModel { Reranker = true });
        Assert.Equal(HashEmbedder.ModelName, (await reranker.Host.GetEmbedderAsync(null)).Name);
        var refused = await Assert.ThrowsAsync<EmbeddingException>(() => reranker.Host.GetEmbedderAsync("tiny"));
        Assert.Contains("'tiny' is a reranker, not an embedding model", refused.Message, StringComparison.Ordinal);

        using var embedder = new EncoderModel(new BertModel());
        Assert.Equal("tiny", (await embedder.Host.GetRerankerAsync(null)).Name);
        Assert.Equal("tiny", (await embedder.Host.GetRerankerAsync("tiny")).Name);
        Assert.Equal(HashEmbedder.ModelName, (await embedder.Host.GetRerankerAsync(HashEmbedder.ModelName)).Name);
    }
}
