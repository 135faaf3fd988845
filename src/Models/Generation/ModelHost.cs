using Microsoft.Extensions.AI;
using Models.Budget;
using Models.Embedding;
using Models.Store;

namespace Models.Generation;

/// <summary>Loads models from the store when they are first asked for and keeps them. Safe for several threads.</summary>
public sealed class ModelHost : IModelHost, IDisposable
{
    private readonly EngineOptions _options;
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly Dictionary<string, ILanguageModel> _loaded = [];

    /// <summary>The host of a store's models.</summary>
    public ModelHost(ModelStore store, EngineOptions options)
    {
        (Store, _options) = (store, options);
        Encoders = new EncoderHost(store, options, _loading);
    }

    /// <inheritdoc/>
    public ModelStore Store { get; }

    /// <inheritdoc/>
    public EncoderHost Encoders { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Loaded
    {
        get { lock (_loaded) return [.. _loaded.Keys, .. Encoders.Loaded]; }
    }

    /// <inheritdoc/>
    public async Task<ILanguageModel> LoadAsync(string? name, CancellationToken cancellation = default)
    {
        var installed = Store.Get(name);
        if (installed.Manifest.Kind != ModelKind.Decoder)
        {
            throw new GenerationException($"'{installed.Manifest.Name}' makes embeddings or scores and cannot answer. Name a model that generates text.")
            { Parameter = "model" };
        }
        if (TryGet(installed) is { } loaded) return loaded;
        // One load at a time: two at once would each see the same free memory.
        await _loading.WaitAsync(cancellation);
        try
        {
            if (TryGet(installed) is { } meanwhile) return meanwhile;
            var model = await Task.Run(() => Load(installed), cancellation);
            lock (_loaded) _loaded[installed.Manifest.Name] = model;
            return model;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<IChatClient> GetChatClientAsync(string? name, CancellationToken cancellation = default) =>
        new LocalChatClient(await LoadAsync(name, cancellation));

    private LocalLanguageModel Load(InstalledModel installed)
    {
        var memory = MemoryEstimate.For(installed.Folder);
        var available = MachineMemory.Available;
        memory.Require(installed.Manifest.Name, available);
        var fits = Math.Min(_options.ContextLength ?? int.MaxValue, memory.TokensIn(available));
        return new LocalLanguageModel(installed.Manifest.Name, installed.Folder, _options with { ContextLength = fits });
    }

    private ILanguageModel? TryGet(InstalledModel installed)
    {
        lock (_loaded) return _loaded.GetValueOrDefault(installed.Manifest.Name);
    }

    /// <summary>Unloads every model, after the generation it is in.</summary>
    public void Dispose()
    {
        Encoders.Dispose();
        lock (_loaded)
        {
            foreach (var model in _loaded.Values) model.Dispose();
            _loaded.Clear();
        }
    }
}
