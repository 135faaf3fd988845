using System.Text.Json.Nodes;

namespace Models.Tokens.Embedded;

/// <summary>Writes a GGUF vocabulary as <c>tokenizer.json</c> and <c>tokenizer_config.json</c>.</summary>
internal static class EmbeddedVocabularyWriter
{
    /// <summary>Writes both.</summary>
    /// <exception cref="TokenizerException">The kind or the pre-tokenizer is unknown, or lists disagree in length.</exception>
    public static (JsonObject Tokenizer, JsonObject Config) Write(EmbeddedVocabulary vocabulary)
    {
        RequireOneEach("scores", vocabulary.Scores.Count, vocabulary.Tokens.Count);
        RequireOneEach("token types", vocabulary.Types.Count, vocabulary.Tokens.Count);
        return vocabulary.Kind switch
        {
            "llama" => WriteSentencePiece(vocabulary),
            "gpt2" => WriteByteLevel(vocabulary),
            "bert" => WriteWordPiece(vocabulary with { Tokens = [.. vocabulary.Tokens.Select(WordPieceSpelling)] }),
            var kind => throw new TokenizerException($"The model's tokenizer is of the kind '{kind}', which is not supported. Use a model with a 'llama', 'gpt2' or 'bert' tokenizer."),
        };
    }

    private static (JsonObject, JsonObject) WriteSentencePiece(EmbeddedVocabulary vocabulary)
    {
        if (vocabulary.Scores.Count == 0)
            throw new TokenizerException("The model's tokenizer has no scores (tokenizer.ggml.scores), without which its pieces cannot be joined. Fetch the model again.");
        // Where a file names none, SentencePiece's own order holds: unknown, BOS, EOS.
        var special = new SpecialTokens(vocabulary, vocabulary.Unknown ?? 0, vocabulary.Bos ?? 1, vocabulary.Eos ?? 2,
            addBos: vocabulary.AddBos ?? true, addEos: vocabulary.AddEos ?? false);
        var prefix = vocabulary.AddSpacePrefix ?? true;
        var model = Bpe(special.Unknown, Vocabulary(vocabulary, type => true), SentencePiece.Merges(vocabulary), characters: true, ignoreMerges: false);
        return (Tokenizer(special, SentencePiece.Normalizer(prefix), null, SentencePiece.Decoder(prefix), model), special.Config("LlamaTokenizer"));
    }

    private static (JsonObject, JsonObject) WriteByteLevel(EmbeddedVocabulary vocabulary)
    {
        var family = ByteLevelBpe.FindFamily(vocabulary.PreTokenizer);
        var special = new SpecialTokens(vocabulary, vocabulary.Unknown, vocabulary.Bos, vocabulary.Eos,
            addBos: vocabulary.AddBos ?? family.AddsBos, addEos: vocabulary.AddEos ?? false);
        // Control tokens stay out of the model's own vocabulary: they are matched as added tokens or not at all.
        var tokens = Vocabulary(vocabulary, type => type is not (TokenType.Control or TokenType.Unknown));
        var model = Bpe(null, tokens, ByteLevelBpe.Merges(vocabulary), characters: false, family.IgnoresMerges);
        return (Tokenizer(special, ByteLevelBpe.Normalizer(family), ByteLevelBpe.PreTokenizer(family), ByteLevelBpe.Decoder(), model), special.Config("PreTrainedTokenizerFast"));
    }

    private static (JsonObject, JsonObject) WriteWordPiece(EmbeddedVocabulary vocabulary)
    {
        var special = new SpecialTokens(vocabulary, vocabulary.Unknown ?? Find("[UNK]"), vocabulary.Bos ?? Find("[CLS]"), vocabulary.Eos ?? Find("[SEP]"),
            addBos: vocabulary.AddBos ?? true, addEos: vocabulary.AddEos ?? true);
        var normalizer = new JsonObject { ["type"] = "BertNormalizer", ["clean_text"] = true, ["handle_chinese_chars"] = true, ["strip_accents"] = null, ["lowercase"] = true };
        var model = new JsonObject
        {
            ["type"] = "WordPiece",
            ["unk_token"] = special.Unknown,
            ["continuing_subword_prefix"] = InnerPrefix,
            ["max_input_chars_per_word"] = 100,
            ["vocab"] = Vocabulary(vocabulary, type => true),
        };
        var decoder = new JsonObject { ["type"] = "WordPiece", ["prefix"] = InnerPrefix, ["cleanup"] = true };
        return (Tokenizer(special, normalizer, new JsonObject { ["type"] = "BertPreTokenizer" }, decoder, model), special.Config("BertTokenizer"));

        int? Find(string content)
        {
            for (var id = 0; id < vocabulary.Tokens.Count; id++)
                if (vocabulary.Tokens[id] == content)
                    return id;
            return null;
        }
    }

    private const string InnerPrefix = "##";

    // GGUF marks the pieces that begin a word where BERT marks those that do not, and neither where brackets make it special.
    private static string WordPieceSpelling(string token) =>
        token.StartsWith(SentencePiece.Space) ? token[1..] : token is ['[', _, .., ']'] ? token : InnerPrefix + token;

    private static JsonObject Tokenizer(SpecialTokens special, JsonObject? normalizer, JsonObject? preTokenizer, JsonObject decoder, JsonObject model) => new()
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

    private static JsonObject Bpe(string? unknown, JsonObject vocabulary, JsonArray merges, bool characters, bool ignoreMerges) => new()
    {
        ["type"] = "BPE",
        ["dropout"] = null,
        ["unk_token"] = unknown,
        ["continuing_subword_prefix"] = null,
        ["end_of_word_suffix"] = null,
        ["fuse_unk"] = characters,
        ["byte_fallback"] = characters,
        ["ignore_merges"] = ignoreMerges,
        ["vocab"] = vocabulary,
        ["merges"] = merges,
    };

    private static JsonObject Vocabulary(EmbeddedVocabulary vocabulary, Func<int, bool> isIncluded)
    {
        var json = new JsonObject();
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
            if (isIncluded(TokenType.Of(vocabulary, id)))
                json[vocabulary.Tokens[id]] = id; // of two equal tokens the later one counts, as in llama.cpp
        return json;
    }

    private static void RequireOneEach(string what, int count, int tokens)
    {
        if (count != 0 && count != tokens)
            throw new TokenizerException($"The model's tokenizer has {tokens} tokens but {count} {what}. The file is damaged; fetch it again.");
    }
}
