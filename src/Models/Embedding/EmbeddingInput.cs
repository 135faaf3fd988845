namespace Models.Embedding;

/// <summary>What is to be embedded: a text, or the model's own token ids, which go in as they are.</summary>
public sealed record EmbeddingInput
{
    /// <summary>A text.</summary>
    public EmbeddingInput(string text) => Text = text;

    /// <summary>Token ids.</summary>
    public EmbeddingInput(int[] tokens) => Tokens = tokens;

    /// <summary>The text; null where tokens came.</summary>
    public string? Text { get; }

    /// <summary>The tokens; null where a text came.</summary>
    public int[]? Tokens { get; }
}

/// <summary>How to embed.</summary>
/// <param name="Dimensions">Length of the vectors, at most the model's own; null takes that.</param>
/// <param name="Truncate">Whether a text that is too long is cut off, or refused.</param>
public sealed record EmbeddingSettings(int? Dimensions = null, bool Truncate = true);
