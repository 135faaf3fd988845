using System.Text.Json.Nodes;
using Models.Tokens.Embedded;

namespace Models.Tokens;

/// <summary>A vocabulary as a GGUF file embeds it (the <c>tokenizer.ggml.*</c> keys), before it becomes a <c>tokenizer.json</c>.</summary>
public sealed record EmbeddedVocabulary
{
    /// <summary>tokenizer.ggml.model: <c>llama</c> (SentencePiece-style BPE with scores), <c>gpt2</c> (byte-level BPE with merges) or <c>bert</c> (WordPiece).</summary>
    public required string Kind { get; init; }

    /// <summary>tokenizer.ggml.tokens, by id.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>tokenizer.ggml.scores, by id; empty where the kind has none.</summary>
    public IReadOnlyList<float> Scores { get; init; } = [];

    /// <summary>tokenizer.ggml.token_type, by id: 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte; empty where absent.</summary>
    public IReadOnlyList<int> Types { get; init; } = [];

    /// <summary>tokenizer.ggml.merges, "left right" in rank order; empty where the kind has none.</summary>
    public IReadOnlyList<string> Merges { get; init; } = [];

    /// <summary>tokenizer.ggml.pre: the name of the pre-tokenizer (default, gpt-2, qwen2, llama-bpe, smollm, …); null where absent.</summary>
    public string? PreTokenizer { get; init; }

    /// <summary>tokenizer.ggml.bos_token_id.</summary>
    public int? Bos { get; init; }

    /// <summary>tokenizer.ggml.eos_token_id.</summary>
    public int? Eos { get; init; }

    /// <summary>tokenizer.ggml.unknown_token_id.</summary>
    public int? Unknown { get; init; }

    /// <summary>tokenizer.ggml.padding_token_id.</summary>
    public int? Pad { get; init; }

    /// <summary>tokenizer.ggml.add_bos_token; null lets the kind's default stand.</summary>
    public bool? AddBos { get; init; }

    /// <summary>tokenizer.ggml.add_eos_token; null lets the kind's default stand.</summary>
    public bool? AddEos { get; init; }

    /// <summary>tokenizer.ggml.add_space_prefix; null lets the kind's default stand.</summary>
    public bool? AddSpacePrefix { get; init; }

    /// <summary>tokenizer.chat_template.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Reads llama2.c's tok512.bin layout: int32 longest piece, then per token float32 score, int32 length and the bytes.</summary>
    /// <exception cref="TokenizerException">The file is not of that layout.</exception>
    public static EmbeddedVocabulary FromLlama2c(string path, int vocabularySize) => Llama2cVocabulary.Read(path, vocabularySize);

    /// <summary>The same vocabulary as <c>tokenizer.json</c> and <c>tokenizer_config.json</c>, which every model folder carries.</summary>
    /// <exception cref="TokenizerException">The kind or the pre-tokenizer is unknown, or lists disagree in length.</exception>
    public (JsonObject Tokenizer, JsonObject Config) ToTokenizerJson() => EmbeddedVocabularyWriter.Write(this);
}
