using Models.Import.Sources;
using Models.Tokens;

namespace Models.Import.Gguf;

/// <summary>The tokenizer a GGUF file embeds.</summary>
internal static class GgufVocabulary
{
    private const int ControlToken = 3;

    // Tokens that end a turn in published chat formats; a file names only one end of sequence.
    private static readonly string[] EndOfTurn =
        ["<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<|endoftext|>", "<|end_of_text|>", "<end_of_turn>", "<|end_of_turn|>"];

    /// <summary>Reads the tokenizer.ggml.* keys.</summary>
    /// <exception cref="ImportException">The file embeds no tokenizer.</exception>
    public static EmbeddedVocabulary Read(GgufMetadata metadata, string path)
    {
        const string Prefix = "tokenizer.ggml.";
        if (metadata.FindString(Prefix + "model") is not { } kind || !metadata.Has(Prefix + "tokens"))
            throw new ImportException($"{path} embeds no tokenizer (tokenizer.ggml.model and tokenizer.ggml.tokens). Take a file of the same model that does.");
        return new EmbeddedVocabulary
        {
            Kind = kind,
            Tokens = metadata.Strings(Prefix + "tokens"),
            Scores = metadata.Floats(Prefix + "scores"),
            Types = metadata.Integers(Prefix + "token_type"),
            Merges = metadata.Strings(Prefix + "merges"),
            PreTokenizer = metadata.FindString(Prefix + "pre"),
            Bos = Token(Prefix + "bos_token_id"),
            Eos = Token(Prefix + "eos_token_id"),
            Unknown = Token(Prefix + "unknown_token_id"),
            Pad = Token(Prefix + "padding_token_id"),
            AddBos = metadata.FindBool(Prefix + "add_bos_token"),
            AddEos = metadata.FindBool(Prefix + "add_eos_token"),
            AddSpacePrefix = metadata.FindBool(Prefix + "add_space_prefix"),
            ChatTemplate = metadata.FindString("tokenizer.chat_template"),
        };

        int? Token(string key) => metadata.FindInteger(key) is >= 0 and <= int.MaxValue and var id ? (int)id : null;
    }

    /// <summary>Which tokens begin, end and pad a sequence.</summary>
    public static SpecialTokens SpecialTokensOf(EmbeddedVocabulary vocabulary, GgufMetadata metadata)
    {
        var end = new List<int>();
        if (vocabulary.Eos is { } eos) end.Add(eos);
        foreach (var key in (ReadOnlySpan<string>)["tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"])
            if (metadata.FindInteger(key) is { } id && id >= 0 && id < vocabulary.Tokens.Count) end.Add((int)id);
        for (var id = 0; id < Math.Min(vocabulary.Tokens.Count, vocabulary.Types.Count); id++)
            if (vocabulary.Types[id] == ControlToken && EndOfTurn.Contains(vocabulary.Tokens[id])) end.Add(id);
        return new SpecialTokens(vocabulary.Bos, [.. end.Distinct()], vocabulary.Pad);
    }
}
