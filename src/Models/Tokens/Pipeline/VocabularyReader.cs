using System.Text;
using System.Text.Json;
using Models.Tokens.Subwords;

namespace Models.Tokens.Pipeline;

/// <summary>
/// Reads the <c>vocab</c> and the <c>merges</c> of a model token by token: of a file of megabytes, nothing but the tables is
/// left in memory.
/// </summary>
/// <param name="byteLevel">Whether tokens are bytes spelled in <see cref="ByteAlphabet"/>.</param>
internal sealed class VocabularyReader(bool byteLevel)
{
    private byte[] _token = new byte[1024];
    private byte[] _merged = new byte[1024];
    private readonly Dictionary<int, string> _unspelled = [];

    /// <summary>By id, the tokens of a byte-level model that spell no bytes.</summary>
    public IReadOnlyDictionary<int, string> Unspelled => _unspelled;

    /// <summary>Reads an object of tokens and ids.</summary>
    /// <exception cref="TokenizerException">It is none, or an id is out of range.</exception>
    public Vocabulary ReadVocabulary(ReadOnlySpan<byte> json)
    {
        var builder = new Vocabulary.Builder();
        var reader = new Utf8JsonReader(json);
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

    /// <summary>Reads an array of pairs, each <c>"a b"</c> or <c>["a", "b"]</c>.</summary>
    /// <exception cref="TokenizerException">It is none, or a token is not in the vocabulary.</exception>
    public MergeTable ReadMerges(ReadOnlySpan<byte> json, Vocabulary vocabulary)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            throw BadMerge();
        List<MergeTable.Merge> merges = [];
        var result = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var (left, right) = reader.TokenType == JsonTokenType.StartArray ? ReadPair(ref reader, vocabulary) : ReadJoined(ref reader, vocabulary);
            result = FindMerged(vocabulary, left, right, guess: result + 1);
            merges.Add(new(left, right, result));
        }
        return new(merges);
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

    // Most vocabularies list merged tokens in the order of their merges, which the guess makes use of.
    private int FindMerged(Vocabulary vocabulary, int left, int right, int guess)
    {
        var start = vocabulary[left];
        var end = vocabulary[right];
        _merged = Grow(_merged, start.Length + end.Length);
        start.CopyTo(_merged);
        end.CopyTo(_merged.AsSpan(start.Length));
        var merged = _merged.AsSpan(0, start.Length + end.Length);
        var id = vocabulary[guess].SequenceEqual(merged) ? guess : vocabulary.Find(merged);
        return id >= 0 ? id : throw Absent(merged);
    }

    // Into _token, unescaped, as UTF-8.
    private int ReadString(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            throw BadMerge();
        _token = Grow(_token, reader.ValueSpan.Length);
        return reader.CopyString(_token);
    }

    private static byte[] Grow(byte[] buffer, int length) => buffer.Length >= length ? buffer : new byte[2 * length];

    private static TokenizerException BadMerge() => JsonFields.Malformed("merges", "a list of pairs, each \"a b\" or [\"a\", \"b\"]");

    private static TokenizerException Absent(ReadOnlySpan<byte> token) =>
        new($"The tokenizer merges into or from '{Encoding.UTF8.GetString(token)}', which is not in its vocabulary. The file is damaged; fetch it again.");
}
