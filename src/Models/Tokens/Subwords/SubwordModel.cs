namespace Models.Tokens.Subwords;

/// <summary>Pieces of text to token ids. Immutable and safe for several threads.</summary>
internal abstract class SubwordModel
{
    /// <summary>The model's tokens as <see cref="Encode"/> looks them up.</summary>
    public required Vocabulary Vocabulary { get; init; }

    /// <summary>Appends the ids of pieces that the pre-tokenizer made. Unpaired surrogates count as U+FFFD.</summary>
    public abstract void Encode(List<ReadOnlyMemory<char>> pieces, List<int> ids);
}
