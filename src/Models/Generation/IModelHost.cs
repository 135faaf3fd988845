using Microsoft.Extensions.AI;
using Models.Embedding;
using Models.Store;

namespace Models.Generation;

/// <summary>Where loaded models come from: <see cref="ModelHost"/>, or a scripted one in tests.</summary>
public interface IModelHost
{
    /// <summary>The store behind it.</summary>
    ModelStore Store { get; }

    /// <summary>Embedders and rerankers, which are loaded by the same rules.</summary>
    EncoderHost Encoders { get; }

    /// <summary>Names of the models in memory.</summary>
    IReadOnlyList<string> Loaded { get; }

    /// <summary>The loaded model of that name; loads it first where needed. Null asks for the default one.</summary>
    /// <exception cref="StoreException">There is none of that name.</exception>
    /// <exception cref="GenerationException">It is an encoder, which does not answer.</exception>
    /// <exception cref="ModelException">It cannot be loaded, or does not fit this machine's memory.</exception>
    Task<ILanguageModel> LoadAsync(string? name, CancellationToken cancellation = default);

    /// <summary>The same model behind Microsoft.Extensions.AI's interface, which renders its chat template.</summary>
    Task<IChatClient> GetChatClientAsync(string? name, CancellationToken cancellation = default);
}
