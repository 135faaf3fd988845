using System.Text.Json.Nodes;

namespace Models.Tokens.Embedded;

/// <summary>Writes a GGUF vocabulary as <c>tokenizer.json</c> and <c>tokenizer_config.json</c>.</summary>
internal static class EmbeddedVocabularyWriter
{
    /// <summary>Writes both.</summary>
    /// <exception cref="TokenizerException">The kind or the pre-tokenizer is unknown, or lists disagree in length.</exception>
    public static (JsonObject Tokenizer, JsonObject Config) Write(EmbeddedVocabulary vocabulary)
    {
        CheckLength("scores", vocabulary.Scores.Count);
        CheckLength("token types", vocabulary.Types.Count);
        return vocabulary.Kind switch
        {
            "llama" => WriteSentencePiece(vocabulary),
            var kind => throw new TokenizerException($"The model's tokenizer is of the kind '{kind}', which is not supported. Use a model with a 'llama', 'gpt2' or 'bert' tokenizer."),
        };

        void CheckLength(string what, int count)
        {
            if (count != 0 && count != vocabulary.Tokens.Count)
                throw new TokenizerException($"The model's tokenizer has {vocabulary.Tokens.Count} tokens but {count} {what}. The file is damaged; fetch it again.");
        }
    }

    private static (JsonObject, JsonObject) WriteSentencePiece(EmbeddedVocabulary vocabulary)
    {
        if (vocabulary.Scores.Count == 0)
            throw new TokenizerException("The model's tokenizer has no scores (tokenizer.ggml.scores), without which its pieces cannot be joined. Fetch it again.");
        var addSpacePrefix = vocabulary.AddSpacePrefix ?? true;
        // Where a file names none, llama.cpp takes SentencePiece's own order: unknown, BOS, EOS.
        var special = new SpecialTokens(vocabulary, vocabulary.Unknown ?? 0, vocabulary.Bos ?? 1, vocabulary.Eos ?? 2, addBos: vocabulary.AddBos ?? true, addEos: vocabulary.AddEos ?? false);
        var merges = new JsonArray();
        foreach (var (left, right) in SentencePiece.Merges(vocabulary))
            merges.Add((JsonNode)new JsonArray(left, right));
        var model = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = special.Unknown,
            ["continuing_subword_prefix"] = null,
            ["end_of_word_suffix"] = null,
            ["fuse_unk"] = true,
            ["byte_fallback"] = true,
            ["ignore_merges"] = false,
            ["vocab"] = Vocabulary(vocabulary.Tokens),
            ["merges"] = merges,
        };
        return (Tokenizer(special, SentencePiece.Normalizer(addSpacePrefix), null, SentencePiece.Decoder(addSpacePrefix), model), special.Config());
    }

    private static JsonObject Tokenizer(SpecialTokens special, JsonNode? normalizer, JsonNode? preTokenizer, JsonNode decoder, JsonObject model) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = special.AddedTokens(),
        ["normalizer"] = normalizer,
        ["pre_tokenizer"] = preTokenizer,
        ["post_processor"] = special.PostProcessor(),
        ["decoder"] = decoder,
        ["model"] = model,
    };

    private static JsonObject Vocabulary(IReadOnlyList<string> tokens)
    {
        var json = new JsonObject();
        for (var id = 0; id < tokens.Count; id++)
            json[tokens[id]] = id; // of two equal tokens the later one counts, as in llama.cpp
        return json;
    }
}
