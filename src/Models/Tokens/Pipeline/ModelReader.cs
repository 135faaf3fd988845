using System.Text;
using System.Text.Json;
using Models.Tokens.Subwords;

namespace Models.Tokens.Pipeline;

/// <summary>Reads the <c>model</c> of a <c>tokenizer.json</c>.</summary>
/// <param name="json">The file, with the model's members opened.</param>
/// <param name="byteLevel">Whether tokens are bytes spelled in <see cref="ByteAlphabet"/>.</param>
internal sealed class ModelReader(JsonSlices json, bool byteLevel)
{
    private readonly VocabularyReader _tables = new(byteLevel);

    /// <summary>By id, the tokens of a byte-level model that spell no bytes.</summary>
    public IReadOnlyDictionary<int, string> Unspelled => _tables.Unspelled;

    /// <summary>Reads the model.</summary>
    /// <exception cref="TokenizerException">The kind is unknown or a field malformed.</exception>
    public SubwordModel Read() => Text("type") switch
    {
        "BPE" => ReadBpe(),
        "WordPiece" when !byteLevel => ReadWordPiece(),
        null when !json["model.merges"].Span.SequenceEqual("null"u8) => ReadBpe(), // early files name no type
        var kind => throw JsonFields.Unknown("model", kind ?? "(none)"),
    };

    private BpeModel ReadBpe()
    {
        foreach (var affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
            if (Text(affix) is { Length: > 0 })
                throw JsonFields.Unknown("model option", affix);
        var vocabulary = _tables.ReadVocabulary(json["model.vocab"].Span);
        return new BpeModel
        {
            Vocabulary = vocabulary,
            Merges = _tables.ReadMerges(json["model.merges"].Span, vocabulary),
            ByteSymbols = byteLevel ? ByByte(value => vocabulary.Find([value])) : null,
            FallbackBytes = Flag("byte_fallback") && !byteLevel ? ByByte(value => vocabulary.Find(Encoding.UTF8.GetBytes($"<0x{value:X2}>"))) : null,
            Unknown = Text("unk_token") is { Length: > 0 } unknown ? vocabulary.Find(Encoding.UTF8.GetBytes(unknown)) : -1,
            FuseUnknown = Flag("fuse_unk"),
            IgnoreMerges = Flag("ignore_merges"),
        };
    }

    private WordPieceModel ReadWordPiece()
    {
        var vocabulary = _tables.ReadVocabulary(json["model.vocab"].Span);
        var unknown = Text("unk_token") ?? "[UNK]";
        return new WordPieceModel
        {
            Vocabulary = vocabulary,
            InnerPrefix = Encoding.UTF8.GetBytes(Text("continuing_subword_prefix") ?? "##"),
            Unknown = vocabulary.Find(Encoding.UTF8.GetBytes(unknown)) is var id and >= 0 ? id : throw JsonFields.Malformed("unk_token", $"in the vocabulary, which lacks '{unknown}'"),
            LongestWord = json.Element("model.max_input_chars_per_word") switch
            {
                { ValueKind: JsonValueKind.Null } => 100,
                { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) && number is > 0 and <= LongestWordLimit => number,
                _ => throw JsonFields.Malformed("max_input_chars_per_word", $"a whole number of at most {LongestWordLimit}"),
            },
        };
    }

    // Encoding a word takes time in the square of its length. BERT's limit is 100.
    private const int LongestWordLimit = 1000;

    private static int[] ByByte(Func<byte, int> find) => [.. Enumerable.Range(0, 256).Select(value => find((byte)value))];

    private bool Flag(string name) => json.Element("model." + name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null => false,
        _ => throw JsonFields.Malformed(name, "true or false"),
    };

    private string? Text(string name) => json.Element("model." + name) switch
    {
        { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw JsonFields.Malformed(name, "a string"),
    };
}
