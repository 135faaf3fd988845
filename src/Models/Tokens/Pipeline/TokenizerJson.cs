using System.Text.Json;
using Models.Tokens.Normalizing;
using Models.Tokens.Splitting;
using Models.Tokens.Subwords;

namespace Models.Tokens.Pipeline;

/// <summary>The parts of a <c>tokenizer.json</c> (the format of HF tokenizers). Truncation and padding are not read: callers decide those.</summary>
internal sealed class TokenizerJson
{
    /// <summary>Tokens beside the model's own.</summary>
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    /// <summary>Rewrites text; null where nothing does.</summary>
    public required Normalizer? Normalizer { get; init; }

    /// <summary>Cuts text; null where nothing does.</summary>
    public required PreTokenizer? PreTokenizer { get; init; }

    /// <summary>Adds special tokens; null where the file says nothing of them.</summary>
    public required PostProcessor? PostProcessor { get; init; }

    /// <summary>Tokens to text.</summary>
    public required TokenDecoder Decoder { get; init; }

    /// <summary>Pieces to ids.</summary>
    public required SubwordModel Model { get; init; }

    /// <summary>Whether the model's tokens are bytes, which the file spells in <see cref="ByteAlphabet"/>.</summary>
    public bool IsByteLevel => PreTokenizer is { IsByteLevel: true };

    /// <summary>By id, tokens of a byte-level model that are not spelled in <see cref="ByteAlphabet"/> and so are never encoded to.</summary>
    public required IReadOnlyDictionary<int, string> Unspelled { get; init; }

    /// <summary>Reads the file's content.</summary>
    /// <exception cref="TokenizerException">The content is malformed or of an unknown kind.</exception>
    public static TokenizerJson Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            var file = new JsonSlices(utf8, opened: "model");
            var preTokenizer = PreTokenizer.FromJson(file.Element("pre_tokenizer"));
            var model = new ModelReader(file, preTokenizer is { IsByteLevel: true });
            return new()
            {
                Normalizer = Normalizer.FromJson(file.Element("normalizer")),
                PreTokenizer = preTokenizer,
                PostProcessor = PostProcessor.FromJson(file.Element("post_processor")),
                Decoder = TokenDecoder.FromJson(file.Element("decoder")),
                Model = model.Read(),
                Unspelled = model.Unspelled,
                AddedTokens = ReadAddedTokens(file.Element("added_tokens")),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the second: a string that is not Unicode
        {
            throw new TokenizerException($"The tokenizer is not well-formed JSON ({e.Message}). Fetch the model again.", e);
        }
    }

    private static List<AddedToken> ReadAddedTokens(JsonElement json)
    {
        List<AddedToken> tokens = [];
        if (json.ValueKind == JsonValueKind.Null)
            return tokens;
        if (json.ValueKind != JsonValueKind.Array)
            throw JsonFields.Malformed("added_tokens", "an array");
        foreach (var token in json.EnumerateArray())
            tokens.Add(new(
                token.Number("id") ?? throw JsonFields.Malformed("id", "there"),
                token.Text("content"),
                token.Flag("special") ?? false,
                token.Flag("normalized") ?? true,
                token.Flag("single_word") ?? false,
                token.Flag("lstrip") ?? false,
                token.Flag("rstrip") ?? false));
        return tokens;
    }
}
