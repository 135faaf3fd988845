using Models.Generation;
using Models.Store;

namespace Models.Embedding;

/// <summary>
/// The door to embeddings and reranking: the encoders of a <see cref="ModelHost"/>, loaded when they are first asked for. Safe for several
/// threads. Where no embedding model is installed, <see cref="HashEmbedder"/> stands in, so that search always works.
/// </summary>
public sealed class EncoderHost
{
    private readonly ModelHost _host;

    internal EncoderHost(ModelHost host) => _host = host;

    /// <summary>The embedder of that name. Null asks for the embedding model installed last, or for <see cref="HashEmbedder"/> where there is none.</summary>
    /// <exception cref="StoreException">There is none of that name.</exception>
    /// <exception cref="EmbeddingException">It is a model of another kind.</exception>
    /// <exception cref="ModelException">It cannot be loaded, or does not fit this machine's memory.</exception>
    public async Task<TextEmbedder> GetEmbedderAsync(string? name, CancellationToken cancellation = default)
    {
        if (HashEmbedder.IsNamed(name)) return HashEmbedder.Instance;
        if ((name is null ? _host.Store.Newest(ModelKind.Embedding) : _host.Store.Get(name)) is not { } model) return HashEmbedder.Instance;
        using var lease = await LeaseAsync(model, ModelKind.Embedding, cancellation);
        lease.Grace = ModelHost.TimeToBegin;
        return new HostedEmbedder(this, model.Manifest.Name, lease.Model.Config.Dimensions);
    }

    /// <summary>
    /// The reranker of that name; an embedding model reranks by its vectors and by words. Null asks for the reranker installed last, or for
    /// what <see cref="GetEmbedderAsync"/> gives where there is none.
    /// </summary>
    /// <exception cref="StoreException">There is none of that name.</exception>
    /// <exception cref="EmbeddingException">It is a model of another kind.</exception>
    /// <exception cref="ModelException">It cannot be loaded, or does not fit this machine's memory.</exception>
    public async Task<Reranker> GetRerankerAsync(string? name, CancellationToken cancellation = default)
    {
        var model = name is null ? _host.Store.Newest(ModelKind.Reranker) : HashEmbedder.IsNamed(name) ? null : _host.Store.Get(name);
        if (model is not { Manifest.Kind: ModelKind.Reranker }) return new EmbeddingReranker(await GetEmbedderAsync(name, cancellation));
        using var lease = await LeaseAsync(model, ModelKind.Reranker, cancellation);
        lease.Grace = ModelHost.TimeToBegin;
        return new HostedReranker(this, model.Manifest.Name);
    }

    /// <summary>Holds the encoder of that name in memory, loading it first where needed.</summary>
    /// <exception cref="StoreException">There is none of that name.</exception>
    /// <exception cref="EmbeddingException">It is a model of another kind.</exception>
    /// <exception cref="ModelException">It cannot be loaded, or does not fit this machine's memory.</exception>
    internal Task<ModelLease<OnnxEncoder>> LeaseAsync(string name, ModelKind kind, CancellationToken cancellation) =>
        LeaseAsync(_host.Store.Get(name), kind, cancellation);

    private Task<ModelLease<OnnxEncoder>> LeaseAsync(InstalledModel model, ModelKind kind, CancellationToken cancellation) =>
        model.Manifest.Kind == kind ? _host.LeaseAsync<OnnxEncoder>(model, cancellation) : throw new EmbeddingException(
            $"'{model.Manifest.Name}' is a {model.Manifest.Kind.ToString().ToLowerInvariant()}, not {(kind == ModelKind.Embedding ? "an embedding model" : "a reranker")}. " +
            $"Name one, or {HashEmbedder.ModelName}, which is always there.", "model");
}
