using Models.Budget;
using Models.Generation;
using Models.Store;

namespace Models.Embedding;

/// <summary>
/// The door to embeddings and reranking: loads encoders from the store when they are first asked for and keeps them. Safe for several
/// threads. Where no embedding model is installed, <see cref="HashEmbedder"/> stands in, so that search always works.
/// </summary>
/// <param name="store">Where models are.</param>
/// <param name="options">How the engine uses this machine.</param>
/// <param name="loading">Held while a model is loaded: one load at a time, decoders included.</param>
public sealed class EncoderHost(ModelStore store, EngineOptions options, SemaphoreSlim loading) : IDisposable
{
    // Four texts of 512 tokens: 50 MB a copy of the attention of 12 heads, and what lies beside it.
    private const long Working = 128L << 20;

    private readonly Dictionary<string, OnnxEncoder> _loaded = [];

    /// <summary>Names of the encoders in memory.</summary>
    public IReadOnlyList<string> Loaded
    {
        get { lock (_loaded) return [.. _loaded.Keys]; }
    }

    /// <summary>The embedder of that name. Null asks for the embedding model installed last, or for <see cref="HashEmbedder"/> where there is none.</summary>
    /// <exception cref="StoreException">There is none of that name.</exception>
    /// <exception cref="EmbeddingException">It is a model of another kind.</exception>
    /// <exception cref="ModelException">It cannot be loaded, or does not fit this machine's memory.</exception>
    public async Task<TextEmbedder> GetEmbedderAsync(string? name, CancellationToken cancellation = default)
    {
        if (HashEmbedder.IsNamed(name)) return HashEmbedder.Instance;
        if ((name is null ? store.Newest(ModelKind.Embedding) : store.Get(name)) is not { } model) return HashEmbedder.Instance;
        if (model.Manifest.Kind != ModelKind.Embedding)
        {
            throw new EmbeddingException(
                $"'{model.Manifest.Name}' is a {model.Manifest.Kind.ToString().ToLowerInvariant()}, not an embedding model. " +
                $"Name an embedding model, or {HashEmbedder.ModelName}, which is always there.", "model");
        }
        return new OnnxEmbedder(model.Manifest.Name, await LoadAsync(model, cancellation));
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
        var model = name is null ? store.Newest(ModelKind.Reranker) : HashEmbedder.IsNamed(name) ? null : store.Get(name);
        return model is { Manifest.Kind: ModelKind.Reranker }
            ? new CrossEncoder(model.Manifest.Name, await LoadAsync(model, cancellation))
            : new EmbeddingReranker(await GetEmbedderAsync(name, cancellation));
    }

    /// <summary>What an installed encoder needs in memory: its graph as it is and repacked, and the longest run.</summary>
    public static MemoryEstimate EstimateMemory(InstalledModel model)
    {
        var graph = model.Manifest.Files.Where(file => file.Name.StartsWith("model", StringComparison.Ordinal)).Sum(file => file.Size);
        return new MemoryEstimate(Weights: graph + graph / 2, KvPerToken: 0, Working, model.Manifest.ContextLength);
    }

    private async Task<OnnxEncoder> LoadAsync(InstalledModel model, CancellationToken cancellation)
    {
        if (TryGet(model) is { } loaded) return loaded;
        await loading.WaitAsync(cancellation);
        try
        {
            if (TryGet(model) is { } meanwhile) return meanwhile;
            EstimateMemory(model).Require(model.Manifest.Name, MachineMemory.Available);
            var encoder = await Task.Run(() => new OnnxEncoder(model.Folder, options.Threads), cancellation);
            lock (_loaded) _loaded[model.Manifest.Name] = encoder;
            return encoder;
        }
        finally
        {
            loading.Release();
        }
    }

    private OnnxEncoder? TryGet(InstalledModel model)
    {
        lock (_loaded) return _loaded.GetValueOrDefault(model.Manifest.Name);
    }

    /// <summary>Unloads every encoder, after the run it is in.</summary>
    public void Dispose()
    {
        lock (_loaded)
        {
            foreach (var encoder in _loaded.Values) encoder.Dispose();
            _loaded.Clear();
        }
    }
}
