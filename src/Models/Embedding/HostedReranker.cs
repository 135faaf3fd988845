using Models.Store;

namespace Models.Embedding;

/// <summary>
/// A reranker of an <see cref="EncoderHost"/> for whoever asked for it: holds it in memory while it scores, and loads it again where it
/// was unloaded since.
/// </summary>
internal sealed class HostedReranker(EncoderHost host, string name) : Reranker
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override async Task<RerankScores> ScoreAsync(string query, IReadOnlyList<string> documents, CancellationToken cancellation = default)
    {
        using var lease = await host.LeaseAsync(name, ModelKind.Reranker, cancellation);
        return await new CrossEncoder(name, lease.Model).ScoreAsync(query, documents, cancellation);
    }
}
