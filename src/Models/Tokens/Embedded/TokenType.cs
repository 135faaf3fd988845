namespace Models.Tokens.Embedded;

/// <summary>The numbers of <c>tokenizer.ggml.token_type</c> (GGUF specification; SentencePiece's own types).</summary>
internal static class TokenType
{
    public const int Normal = 1;
    public const int Unknown = 2;
    public const int Control = 3;
    public const int UserDefined = 4;
    public const int Unused = 5;
    public const int Byte = 6;

    /// <summary>The type of a token; normal where the vocabulary has no types.</summary>
    public static int Of(EmbeddedVocabulary vocabulary, int id) => vocabulary.Types.Count == 0 ? Normal : vocabulary.Types[id];
}
