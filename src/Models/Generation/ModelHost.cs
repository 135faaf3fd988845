using Microsoft.Extensions.AI;
using Models.Budget;
using Models.Store;

namespace Models.Generation;

/// <summary>Loads models from the store when they are first asked for and keeps them. Safe for several threads.</summary>
public sealed class ModelHost(ModelStore store, EngineOptions options) : IModelHost, IDisposable
{
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly Dictionary<string, ILanguageModel> _loaded = [];

    /// <inheritdoc/>
    public ModelStore Store { get; } = store;

    /// <inheritdoc/>
    public IReadOnlyList<string> Loaded
    {
        get { lock (_loaded) return [.. _loaded.Keys]; }
    }

    /// <inheritdoc/>
    public async Task<ILanguageModel> LoadAsync(string? name, CancellationToken cancellation = default)
    {
        var installed = Store.Get(name);
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
        var fits = Math.Min(options.ContextLength ?? int.MaxValue, memory.TokensIn(available));
        return new LocalLanguageModel(installed.Manifest.Name, installed.Folder, options with { ContextLength = fits });
    }

    private ILanguageModel? TryGet(InstalledModel installed)
    {
        lock (_loaded) return _loaded.GetValueOrDefault(installed.Manifest.Name);
    }

    /// <summary>Unloads every model, after the generation it is in.</summary>
    public void Dispose()
    {
        lock (_loaded)
        {
            foreach (var model in _loaded.Values) model.Dispose();
            _loaded.Clear();
        }
    }
}
