namespace Models.Embedding;

/// <summary>The inputs of an encoder graph, as transformers names them and every exporter keeps them.</summary>
internal static class EncoderInputs
{
    /// <summary>Token ids, int64 [texts, tokens].</summary>
    public const string Ids = "input_ids";

    /// <summary>1 over a text, 0 over its padding, the same shape.</summary>
    public const string Mask = "attention_mask";

    /// <summary>0, and 1 over the second text of a pair, the same shape.</summary>
    public const string Types = "token_type_ids";
}
