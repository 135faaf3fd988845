namespace Models.Embedding;

/// <summary>
/// Reranks without a reranker: half the cosine of embeddings, which sees what is alike, half the share of the query's words that a
/// document has, which sees names and numbers.
/// </summary>
internal sealed class EmbeddingReranker(TextEmbedder embedder) : Reranker
{
    /// <inheritdoc/>
    public override string Name => embedder.Name;

    /// <inheritdoc/>
    public override async Task<RerankScores> ScoreAsync(string query, IReadOnlyList<string> documents, CancellationToken cancellation = default)
    {
        var embeddings = await embedder.EmbedAsync([.. documents.Prepend(query).Select(text => new EmbeddingInput(text))], new EmbeddingSettings(), cancellation);
        return await Task.Run(() =>
        {
            var overlaps = Overlaps(query, documents, cancellation);
            var scores = new double[documents.Count];
            for (var i = 0; i < scores.Length; i++)
                scores[i] = Math.Clamp((Vectors.Dot(embeddings[0].Vector.Span, embeddings[i + 1].Vector.Span) + overlaps[i]) / 2, 0, 1);
            return new RerankScores(scores, embeddings.Usage?.InputTokenCount ?? 0);
        }, cancellation);
    }

    // The share of the query's words that a document has. A word counts more where few of the documents have it (BM25's rarity, Robertson
    // and Spärck Jones 1976), and a little more where a document has it often.
    private static double[] Overlaps(string query, IReadOnlyList<string> documents, CancellationToken cancellation)
    {
        var asked = TextWords.Of(query).Distinct().ToDictionary(word => word, TextWords.Weight);
        var counts = documents.Select(document => Count(document, asked, cancellation)).ToList();
        foreach (var word in asked.Keys)
        {
            var having = counts.Count(found => found.ContainsKey(word));
            asked[word] *= Math.Log(1 + (documents.Count - having + 0.5) / (having + 0.5));
        }
        var whole = asked.Values.Sum();
        var overlaps = new double[documents.Count];
        for (var i = 0; i < overlaps.Length && whole > 0; i++)
            foreach (var (word, count) in counts[i]) overlaps[i] += asked[word] / whole * count / (count + 1);
        return overlaps;
    }

    private static Dictionary<string, int> Count(string document, Dictionary<string, double> asked, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var counts = new Dictionary<string, int>();
        foreach (var word in TextWords.Of(document))
            if (asked.ContainsKey(word)) counts[word] = counts.GetValueOrDefault(word) + 1;
        return counts;
    }
}
