using System.Text;
using System.Text.Json;
using Models.Tokens.Subwords;

namespace Models.Tokens.Pipeline;

/// <summary>Reads the <c>model</c> of a <c>tokenizer.json</c>.</summary>
/// <param name="json">The model's members.</param>
/// <param name="byteLevel">Whether tokens are bytes spelled in <see cref="ByteAlphabet"/>.</param>
internal sealed class ModelReader(JsonSlices json, bool byteLevel)
{
    private byte[] _token = new byte[1024];
    private byte[] _merged = new byte[1024];
    private readonly Dictionary<int, string> _unspelled = [];

    /// <summary>By id, the tokens of a byte-level model that spell no bytes.</summary>
    public IReadOnlyDictionary<int, string> Unspelled => _unspelled;

    /// <summary>Reads the model.</summary>
    /// <exception cref="TokenizerException">The kind is unknown or a field malformed.</exception>
    public SubwordModel Read() => OptionalText("type") switch
    {
        "BPE" => ReadBpe(),
        null when !json["merges"].Span.SequenceEqual("null"u8) => ReadBpe(), // early files name no type
        var kind => throw JsonFields.Unknown("model", kind ?? "(none)"),
    };

    private BpeModel ReadBpe()
    {
        foreach (var affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
            if (OptionalText(affix) is { Length: > 0 })
                throw JsonFields.Unknown("model option", affix);
        var vocabulary = ReadVocabulary();
        return new BpeModel
        {
            Vocabulary = vocabulary,
            Merges = ReadMerges(vocabulary),
            ByteSymbols = byteLevel ? ByByte(value => vocabulary.Find([value])) : null,
            FallbackBytes = Flag("byte_fallback") && !byteLevel ? ByByte(value => vocabulary.Find(Encoding.UTF8.GetBytes($"<0x{value:X2}>"))) : null,
            Unknown = FindUnknown(vocabulary),
            FuseUnknown = Flag("fuse_unk"),
            IgnoreMerges = Flag("ignore_merges"),
        };
    }

    private Vocabulary ReadVocabulary()
    {
        var builder = new Vocabulary.Builder();
        var reader = new Utf8JsonReader(json["vocab"].Span);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw JsonFields.Malformed("vocab", "an object of tokens and ids");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var length = ReadString(ref reader);
            var bytes = byteLevel ? ByteAlphabet.Read(_token.AsSpan(0, length), _token) : length;
            var unspelled = bytes < 0 ? reader.GetString() : null;
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id))
                throw JsonFields.Malformed("vocab", "an object of tokens and ids");
            if (unspelled is null)
                builder.Add(id, _token.AsSpan(0, bytes));
            else
                _unspelled[id] = unspelled;
        }
        return builder.Build();
    }

    private MergeTable ReadMerges(Vocabulary vocabulary)
    {
        var reader = new Utf8JsonReader(json["merges"].Span);
        var table = new MergeTable(CountItems(reader));
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var (left, right) = reader.TokenType == JsonTokenType.StartArray ? ReadPair(ref reader, vocabulary) : ReadJoined(ref reader, vocabulary);
            table.Add(left, right, FindMerged(vocabulary, left, right));
        }
        return table;
    }

    private static int CountItems(Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            throw JsonFields.Malformed("merges", "an array");
        var count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
            reader.Skip();
        return count;
    }

    // ["a", "b"]
    private (int Left, int Right) ReadPair(ref Utf8JsonReader reader, Vocabulary vocabulary)
    {
        reader.Read();
        var left = FindToken(vocabulary, _token.AsSpan(0, ReadString(ref reader)));
        reader.Read();
        var right = FindToken(vocabulary, _token.AsSpan(0, ReadString(ref reader)));
        reader.Read();
        return reader.TokenType == JsonTokenType.EndArray ? (left, right) : throw BadMerge();
    }

    // "a b"
    private (int Left, int Right) ReadJoined(ref Utf8JsonReader reader, Vocabulary vocabulary)
    {
        var pair = _token.AsSpan(0, ReadString(ref reader));
        var space = pair.IndexOf((byte)' ');
        return space >= 0 && space == pair.LastIndexOf((byte)' ')
            ? (FindToken(vocabulary, pair[..space]), FindToken(vocabulary, pair[(space + 1)..]))
            : throw BadMerge();
    }

    private int FindToken(Vocabulary vocabulary, Span<byte> spelled)
    {
        var length = byteLevel ? ByteAlphabet.Read(spelled, _merged = Grow(_merged, spelled.Length)) : -1;
        var id = vocabulary.Find(length < 0 ? spelled : _merged.AsSpan(0, length));
        return id >= 0 ? id : throw Absent(spelled);
    }

    private int FindMerged(Vocabulary vocabulary, int left, int right)
    {
        var start = vocabulary[left];
        var end = vocabulary[right];
        _merged = Grow(_merged, start.Length + end.Length);
        start.CopyTo(_merged);
        end.CopyTo(_merged.AsSpan(start.Length));
        var merged = _merged.AsSpan(0, start.Length + end.Length);
        var id = vocabulary.Find(merged);
        return id >= 0 ? id : throw Absent(merged);
    }

    private int FindUnknown(Vocabulary vocabulary)
    {
        if (OptionalText("unk_token") is not { Length: > 0 } content)
            return -1;
        var id = vocabulary.Find(Encoding.UTF8.GetBytes(content));
        return id >= 0 ? id : throw new TokenizerException($"The tokenizer's unknown token '{content}' is not in its vocabulary. Fetch the model again.");
    }

    private static int[] ByByte(Func<byte, int> find) => [.. Enumerable.Range(0, 256).Select(value => find((byte)value))];

    // Into _token, unescaped, as UTF-8.
    private int ReadString(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            throw BadMerge();
        _token = Grow(_token, reader.ValueSpan.Length);
        return reader.CopyString(_token);
    }

    private static byte[] Grow(byte[] buffer, int length) => buffer.Length >= length ? buffer : new byte[2 * length];

    private bool Flag(string name)
    {
        var value = json[name].Span;
        return value.SequenceEqual("true"u8)
            || (!value.SequenceEqual("false"u8) && !value.SequenceEqual("null"u8) ? throw JsonFields.Malformed(name, "true or false") : false);
    }

    private string? OptionalText(string name) => json.Element(name) switch
    {
        { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw JsonFields.Malformed(name, "a string"),
    };

    private static TokenizerException BadMerge() => JsonFields.Malformed("merges", "a list of pairs, each \"a b\" or [\"a\", \"b\"]");

    private static TokenizerException Absent(ReadOnlySpan<byte> token) =>
        new($"The tokenizer merges into or from '{Encoding.UTF8.GetString(token)}', which is not in its vocabulary. The file is damaged; fetch it again.");
}
