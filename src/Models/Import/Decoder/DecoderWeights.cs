using Models.Import.Weights;

namespace Models.Import.Decoder;

/// <summary>A linear projection: weight [out, in] and an optional bias [out].</summary>
internal sealed record Linear(WeightMatrix Weight, float[]? Bias);

/// <summary>The weights of one layer.</summary>
internal sealed record LayerWeights
{
    public required float[] AttentionNorm { get; init; }
    public required Linear Query { get; init; }
    public required Linear Key { get; init; }
    public required Linear Value { get; init; }
    public required Linear AttentionOutput { get; init; }

    /// <summary>RMSNorm over each query head, where the model has it.</summary>
    public float[]? QueryNorm { get; init; }
    public float[]? KeyNorm { get; init; }
    public required float[] FeedForwardNorm { get; init; }
    public required Linear Gate { get; init; }
    public required Linear Up { get; init; }
    public required Linear Down { get; init; }
}

/// <summary>All weights of a decoder in the graph's own layout, with every shape checked and none of the big ones read yet.</summary>
internal sealed record DecoderWeights
{
    public required WeightMatrix Embedding { get; init; }

    /// <summary>The output projection; the same object as <see cref="Embedding"/> where they are tied.</summary>
    public required WeightMatrix Output { get; init; }

    public required float[] FinalNorm { get; init; }
    public required IReadOnlyList<LayerWeights> Layers { get; init; }
    public required HeadLayout Heads { get; init; }

    /// <summary>Number of weights in the source.</summary>
    public required long Parameters { get; init; }
}
