namespace Models.Import.Sources;

/// <summary>What a family of files calls the tensors of a decoder. Names within a layer follow its prefix.</summary>
internal sealed record TensorNames
{
    public required string Embedding { get; init; }
    public required string FinalNorm { get; init; }
    public required string Output { get; init; }
    public required Func<int, string> Layer { get; init; }
    public required string AttentionNorm { get; init; }
    public required string Query { get; init; }
    public required string Key { get; init; }
    public required string Value { get; init; }
    public required string QueryKeyValue { get; init; }
    public required string AttentionOutput { get; init; }
    public required string QueryNorm { get; init; }
    public required string KeyNorm { get; init; }
    public required string FeedForwardNorm { get; init; }
    public required string Gate { get; init; }
    public required string Up { get; init; }

    /// <summary>Gate and up below each other (Phi-3).</summary>
    public required string GateUp { get; init; }
    public required string Down { get; init; }

    /// <summary>True for tensors a decoder may carry that hold nothing of their own.</summary>
    public required Func<string, bool> IsRedundant { get; init; }

    /// <summary>llama.cpp's names.</summary>
    public static readonly TensorNames Gguf = new()
    {
        Embedding = "token_embd",
        FinalNorm = "output_norm",
        Output = "output",
        Layer = layer => $"blk.{layer}.",
        AttentionNorm = "attn_norm",
        Query = "attn_q",
        Key = "attn_k",
        Value = "attn_v",
        QueryKeyValue = "attn_qkv",
        AttentionOutput = "attn_output",
        QueryNorm = "attn_q_norm",
        KeyNorm = "attn_k_norm",
        FeedForwardNorm = "ffn_norm",
        Gate = "ffn_gate",
        Up = "ffn_up",
        GateUp = "ffn_up",
        Down = "ffn_down",
        IsRedundant = name => name is "rope_freqs.weight" or "rope_factors_long.weight" or "rope_factors_short.weight",
    };

    /// <summary>Hugging Face transformers' names.</summary>
    public static readonly TensorNames HuggingFace = new()
    {
        Embedding = "model.embed_tokens",
        FinalNorm = "model.norm",
        Output = "lm_head",
        Layer = layer => $"model.layers.{layer}.",
        AttentionNorm = "input_layernorm",
        Query = "self_attn.q_proj",
        Key = "self_attn.k_proj",
        Value = "self_attn.v_proj",
        QueryKeyValue = "self_attn.qkv_proj",
        AttentionOutput = "self_attn.o_proj",
        QueryNorm = "self_attn.q_norm",
        KeyNorm = "self_attn.k_norm",
        FeedForwardNorm = "post_attention_layernorm",
        Gate = "mlp.gate_proj",
        Up = "mlp.up_proj",
        GateUp = "mlp.gate_up_proj",
        Down = "mlp.down_proj",
        IsRedundant = name => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal),
    };
}
