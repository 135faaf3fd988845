using Microsoft.Extensions.AI;
using Models.Budget;
using Models.Embedding;
using Models.Store;

namespace Models.Generation;

/// <summary>Where loaded models come from: <see cref="ModelHost"/>, or a scripted one in tests.</summary>
public interface IModelHost
{
    /// <summary>The store behind it.</summary>
    ModelStore Store { get; }

    /// <summary>Embedders and rerankers, which are loaded, kept and unloaded by the same rules.</summary>
    EncoderHost Encoders { get; }

    /// <summary>The models in memory, encoders included.</summary>
    IReadOnlyList<LoadedModel> Loaded { get; }

    /// <summary>What all generations together have taken.</summary>
    GenerationTotals Totals { get; }

    /// <summary>Whether a model of that name was in memory at any time: one that was unloaded since comes back when it is asked for.</summary>
    bool HasLoaded(string name);

    /// <summary>
    /// The model of that name; loads it first where needed, and again where it was unloaded by the time it generates. Null asks for the
    /// default one.
    /// </summary>
    /// <exception cref="StoreException">There is none of that name.</exception>
    /// <exception cref="GenerationException">It is an encoder, which does not answer.</exception>
    /// <exception cref="MemoryException">It does not fit this machine's memory.</exception>
    /// <exception cref="ModelException">It cannot be loaded.</exception>
    Task<ILanguageModel> LoadAsync(string? name, CancellationToken cancellation = default);

    /// <summary>The same model behind Microsoft.Extensions.AI's interface, which renders its chat template.</summary>
    Task<IChatClient> GetChatClientAsync(string? name, CancellationToken cancellation = default);

    /// <summary>A model that answers where it is in memory now; null where it is not, and nothing is loaded. It may be unloaded at any time.</summary>
    ILanguageModel? FindLoaded(InstalledModel model) => null;

    /// <summary>What this machine's memory leaves a model: what it was loaded with, or what it would have where idle models made room. Loads nothing.</summary>
    ModelRoom RoomFor(InstalledModel model) => new(model.Manifest.ContextLength);

    /// <summary>
    /// How long a loaded model stays after its last use, from now on: zero unloads it as soon as nothing uses it,
    /// <see cref="Timeout.InfiniteTimeSpan"/> never does. A model that is not loaded is left alone.
    /// </summary>
    void SetKeepAlive(string name, TimeSpan time);
}
