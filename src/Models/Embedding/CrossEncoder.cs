namespace Models.Embedding;

/// <summary>An installed reranker: a model that reads query and document together. Whoever made it owns the encoder.</summary>
internal sealed class CrossEncoder(string name, OnnxEncoder encoder) : Reranker
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override async Task<RerankScores> ScoreAsync(string query, IReadOnlyList<string> documents, CancellationToken cancellation = default)
    {
        var rows = await Task.Run(() =>
        {
            var start = Tokens(query);
            return documents.Select(document =>
            {
                cancellation.ThrowIfCancellationRequested();
                return Pair(start, Tokens(document));
            }).ToList();
        }, cancellation);
        var logits = await encoder.RunAsync(rows, cancellation);
        if (logits.Any(row => !float.IsFinite(row[0]))) throw new ModelException($"{name} returned a score that is not a number. Run `appliance models verify {name}`.");
        // Trained with the logistic function behind it (sentence-transformers, CrossEncoder with one label).
        return new RerankScores(Array.ConvertAll(logits, row => 1 / (1 + Math.Exp(-row[0]))), rows.Sum(row => (long)row.Ids.Length));
    }

    private int[] Tokens(string text) => encoder.Tokenizer.Encode(text, addSpecialTokens: false, parseSpecialTokens: false);

    // [CLS] query [SEP] document [SEP]; the document is cut, and the query where it alone would fill more than half.
    private TokenRow Pair(int[] query, int[] document)
    {
        var (before, after) = encoder.Tokenizer.Frame;
        int[] between = [.. Enumerable.Repeat(after, encoder.Config.PairSeparators).SelectMany(ids => ids)];
        var room = encoder.Config.MaxTokens - before.Length - between.Length - after.Length;
        query = query[..Math.Min(query.Length, room / 2)];
        document = document[..Math.Min(document.Length, room - query.Length)];
        return new TokenRow([.. before, .. query, .. between, .. document, .. after], before.Length + query.Length + between.Length);
    }
}
