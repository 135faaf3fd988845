using System.Text.Json.Serialization;

namespace Trainer.Decoder;

/// <summary>How large a decoder is (the shape of Llama: RMSNorm, rotary positions, grouped-query attention, SwiGLU, tied embeddings).</summary>
internal sealed record DecoderShape
{
    /// <summary>How many tokens there are.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>How many tokens it sees at most.</summary>
    public required int Context { get; init; }

    /// <summary>Numbers of a token between layers.</summary>
    public required int Width { get; init; }

    /// <summary>How many layers there are.</summary>
    public required int Layers { get; init; }

    /// <summary>Heads that ask.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads that are asked; each serves as many asking ones.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Numbers of a head; even.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Numbers between the two halves of a layer's second part.</summary>
    public required int FeedForward { get; init; }

    /// <summary>What rotary positions are powers of.</summary>
    public float RopeBase { get; set; } = 10_000;

    /// <summary>Keeps RMSNorm from dividing by zero.</summary>
    public float Epsilon { get; set; } = 1e-5f;

    /// <summary>Columns of queries, keys and values beside each other.</summary>
    [JsonIgnore]
    public int QkvWidth => (Heads + 2 * KvHeads) * HeadSize;

    /// <summary>Columns of what attention gives.</summary>
    [JsonIgnore]
    public int AttentionWidth => Heads * HeadSize;
}
