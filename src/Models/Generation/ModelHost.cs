using Microsoft.Extensions.AI;
using Models.Store;

namespace Models.Generation;

/// <summary>Loads models from the store when they are first asked for and keeps them. Safe for several threads.</summary>
public sealed class ModelHost(ModelStore store) : IDisposable
{
    /// <summary>The store behind it.</summary>
    public ModelStore Store { get; } = store;

    /// <summary>The loaded model of that name; loads it first where needed. Null asks for the default one.</summary>
    /// <exception cref="StoreException">There is none of that name.</exception>
    public Task<ILanguageModel> LoadAsync(string? name, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>The same model behind Microsoft.Extensions.AI's interface, which renders its chat template.</summary>
    public Task<IChatClient> GetChatClientAsync(string? name, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Unloads every model.</summary>
    public void Dispose() { }
}
