namespace Models.Embedding;

/// <summary>
/// Reranks without a reranker: half the cosine of embeddings, which sees what is alike, half the share of the query's words that the
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
            var asked = TextWords.Of(query).Distinct().ToDictionary(word => word, TextWords.Weight);
            var scores = documents.Select((document, i) =>
            {
                cancellation.ThrowIfCancellationRequested();
                var cosine = Vectors.Dot(embeddings[0].Vector.Span, embeddings[i + 1].Vector.Span);
                return Math.Clamp((cosine + Overlap(asked, document)) / 2, 0, 1);
            });
            return new RerankScores([.. scores], embeddings.Usage?.InputTokenCount ?? 0);
        }, cancellation);
    }

    private static double Overlap(Dictionary<string, double> asked, string document)
    {
        if (asked.Count == 0) return 0;
        var found = TextWords.Of(document).ToHashSet();
        return asked.Where(word => found.Contains(word.Key)).Sum(word => word.Value) / asked.Values.Sum();
    }
}
