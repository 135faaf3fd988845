namespace Models.Embedding;

/// <summary>Says how well documents answer a query. Safe for several threads.</summary>
public abstract class Reranker
{
    /// <summary>The name it is asked for by.</summary>
    public abstract string Name { get; }

    /// <summary>Scores every document.</summary>
    public abstract Task<RerankScores> ScoreAsync(string query, IReadOnlyList<string> documents, CancellationToken cancellation = default);
}

/// <summary>The result.</summary>
/// <param name="Scores">Of each document, in their order: 0 has nothing to do with the query, 1 answers it.</param>
/// <param name="Tokens">Tokens that were read.</param>
public sealed record RerankScores(IReadOnlyList<double> Scores, long Tokens);
