using Microsoft.Extensions.AI;

namespace Models.Embedding;

/// <summary>
/// Turns texts into vectors of length 1 whose scalar product says how alike they are. Safe for several threads. The same text gives the
/// same vector, alone or among others.
/// </summary>
public abstract class TextEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>The name it is asked for by.</summary>
    public abstract string Name { get; }

    /// <summary>Length of its vectors.</summary>
    public abstract int Dimensions { get; }

    /// <summary>Embeds every input, in order. The usage of the result counts the tokens that were read.</summary>
    /// <exception cref="EmbeddingException">The dimensions are out of range, an input is too long and may not be cut, or tokens are unknown.</exception>
    public abstract Task<GeneratedEmbeddings<Embedding<float>>> EmbedAsync(
        IReadOnlyList<EmbeddingInput> inputs, EmbeddingSettings settings, CancellationToken cancellation = default);

    /// <inheritdoc/>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        EmbedAsync([.. values.Select(text => new EmbeddingInput(text))], new EmbeddingSettings(options?.Dimensions), cancellationToken);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("appliance", null, Name, Dimensions)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    /// <summary>Does nothing: the model belongs to its host.</summary>
    public void Dispose() => GC.SuppressFinalize(this);

    /// <summary>The length of vectors that is asked for, checked.</summary>
    private protected int DimensionsOf(EmbeddingSettings settings) =>
        settings.Dimensions is not { } dimensions ? Dimensions
        : dimensions >= 1 && dimensions <= Dimensions ? dimensions
        : throw new EmbeddingException($"dimensions must be between 1 and {Dimensions}, which {Name} has.", "dimensions");

    private protected GeneratedEmbeddings<Embedding<float>> Result(IEnumerable<float[]> vectors, long tokens) =>
        new(vectors.Select(vector => new Embedding<float>(vector) { ModelId = Name }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
}
