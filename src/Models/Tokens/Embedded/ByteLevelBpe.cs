using System.Text.Json.Nodes;
using Models.Tokens.Splitting;

namespace Models.Tokens.Embedded;

/// <summary>
/// The <c>gpt2</c> kind: byte-level byte-pair encoding. A GGUF file does not carry its pre-tokenizer but only llama.cpp's name for
/// it; the names and what they stand for are those of llama.cpp's llama-vocab.cpp.
/// </summary>
internal static class ByteLevelBpe
{
    // Where a file names no pre-tokenizer, llama.cpp cuts by these in turn.
    private static readonly string[] Default = [@"[\p{P}\$\+<=>\^~\|]+", KnownRegexes.Gpt2, @"\p{N}+", "[0-9][0-9][0-9]"];

    /// <summary>What a name stands for: the regexes that cut the text in turn, and how the rest of the family's tokenizer is.</summary>
    /// <param name="Regexes">The regexes.</param>
    /// <param name="Normalizes">Whether text is brought to NFC first, as the family's own <c>tokenizer.json</c> does.</param>
    /// <param name="IgnoresMerges">Whether a piece that is a token is taken whole.</param>
    /// <param name="AddsBos">Whether encoding adds BOS where the file does not say.</param>
    internal sealed record Family(string[] Regexes, bool Normalizes = false, bool IgnoresMerges = false, bool AddsBos = false);

    /// <summary>The family of a <c>tokenizer.ggml.pre</c>.</summary>
    /// <exception cref="TokenizerException">The name is unknown.</exception>
    public static Family FindFamily(string? name) => name switch
    {
        null or "default" => new(Default),
        "gpt-2" or "phi-2" or "mpt" or "olmo" or "jais" or "trillion" or "granite-docling" or "exaone4" or "gigachat" or "a.x-4.0" or "mellum" => new([KnownRegexes.Gpt2]),
        "smollm" or "starcoder" or "refact" or "command-r" or "codeshell" or "exaone" or "minerva-7b" => new([@"\p{N}", KnownRegexes.Gpt2]),
        "qwen2" or "deepseek-r1-qwen" or "megrez" => new([KnownRegexes.Qwen2], Normalizes: true),
        "stablelm2" or "hunyuan" or "kormo" => new([KnownRegexes.Qwen2]),
        "qwen35" => new([KnownRegexes.Qwen35], Normalizes: true),
        "llama-bpe" or "llama3" or "llama-v3" or "falcon3" or "falcon-h1" or "pixtral" or "midm-2.0" or "lfm2" => new([KnownRegexes.Llama3], IgnoresMerges: true, AddsBos: true),
        "dbrx" or "smaug-bpe" or "chatglm-bpe" or "glm4" => new([KnownRegexes.Llama3]),
        "gpt-4o" or "llama4" or "minimax-m2" => new([KnownRegexes.O200k]),
        "tekken" => new([KnownRegexes.Tekken], IgnoresMerges: true, AddsBos: true),
        _ => throw new TokenizerException($"The model's pre-tokenizer '{name}' (tokenizer.ggml.pre) is not supported. Import the model from its Hugging Face folder, which has a tokenizer.json, or use another one."),
    };

    /// <summary>The <c>normalizer</c>.</summary>
    public static JsonObject? Normalizer(Family family) => family.Normalizes ? new JsonObject { ["type"] = "NFC" } : null;

    /// <summary>The <c>pre_tokenizer</c>.</summary>
    public static JsonObject PreTokenizer(Family family)
    {
        var steps = new JsonArray();
        foreach (var regex in family.Regexes)
            steps.Add((JsonNode)new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = regex }, ["behavior"] = "Isolated", ["invert"] = false });
        steps.Add((JsonNode)Decoder()); // the step and its inverse have the same settings
        return new() { ["type"] = "Sequence", ["pretokenizers"] = steps };
    }

    /// <summary>The <c>decoder</c>.</summary>
    public static JsonObject Decoder() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false, ["use_regex"] = false };

    /// <summary>The merges, each "left right".</summary>
    public static JsonArray Merges(EmbeddedVocabulary vocabulary)
    {
        var merges = new JsonArray();
        foreach (var merge in vocabulary.Merges)
            merges.Add((JsonNode)JsonValue.Create(merge));
        return merges;
    }
}
