using System.Text;
using Models.Tokens.Normalizing;
using Models.Tokens.Pipeline;
using Models.Tokens.Splitting;
using Models.Tokens.Subwords;

namespace Models.Tokens;

/// <summary>Text to token ids and back, by the rules of a <c>tokenizer.json</c>. Immutable and safe for several threads.</summary>
public sealed class Tokenizer
{
    private readonly Normalizer? _normalizer;
    private readonly PreTokenizer? _preTokenizer;
    private readonly PostProcessor _postProcessor;
    private readonly TokenDecoder _decoder;
    private readonly SubwordModel _model;
    private readonly bool _byteLevel;
    private readonly AddedTokenMatcher _rawMatcher;
    private readonly AddedTokenMatcher _normalizedMatcher;
    private readonly Dictionary<int, string> _contents = []; // by id, of added tokens and others that the vocabulary does not hold
    private readonly Dictionary<string, int> _ids = [];      // the same, the other way
    private readonly HashSet<int> _special = [];

    private Tokenizer(TokenizerJson json, TokenizerConfig config)
    {
        (_normalizer, _preTokenizer, _decoder, _model, _byteLevel) = (json.Normalizer, json.PreTokenizer, json.Decoder, json.Model, json.IsByteLevel);
        VocabularySize = _model.Vocabulary.Size;
        var limit = Vocabulary.IdLimit(VocabularySize + json.Unspelled.Count + json.AddedTokens.Count);
        foreach (var (id, content) in json.Unspelled)
            AddContent(id, content, limit);
        foreach (var token in json.AddedTokens)
        {
            AddContent(token.Id, token.Content, limit);
            if (token.Special)
                _special.Add(token.Id);
        }
        _rawMatcher = new(json.AddedTokens.Where(token => !token.Normalized).Select(token => (token.Content, token)));
        _normalizedMatcher = new(json.AddedTokens.Where(token => token.Normalized).Select(token => (Normalize(token.Content), token)));
        BosToken = config.BosToken is null ? null : FindToken(config.BosToken);
        EosToken = config.EosToken is null ? null : FindToken(config.EosToken);
        _postProcessor = json.PostProcessor ?? new(
            config.AddBosToken && BosToken is { } bos ? [bos] : [],
            config.AddEosToken && EosToken is { } eos ? [eos] : []);
        foreach (var id in (int[])[.. _postProcessor.Prefix, .. _postProcessor.Suffix])
            if (!HasToken(id))
                throw new TokenizerException($"The tokenizer adds the token {id} to every text, but has no such token. The file is damaged; fetch it again.");
    }

    /// <summary>Reads <c>tokenizer.json</c> and, where present, <c>tokenizer_config.json</c> of a model folder.</summary>
    /// <exception cref="TokenizerException">A file is missing, malformed or of an unknown kind.</exception>
    public static Tokenizer FromFolder(string folder)
    {
        var path = Path.Combine(folder, "tokenizer.json");
        var configPath = Path.Combine(folder, "tokenizer_config.json");
        try
        {
            var json = TokenizerJson.Parse(File.ReadAllBytes(path));
            return new(json, File.Exists(configPath) ? TokenizerConfig.Parse(File.ReadAllBytes(configPath)) : TokenizerConfig.Default);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException($"The tokenizer of {folder} cannot be read: {e.Message}", e);
        }
        catch (TokenizerException e)
        {
            throw new TokenizerException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>One more than the largest token id, added tokens included. A model's own table may have more rows.</summary>
    public int VocabularySize { get; private set; }

    /// <summary>Token that begins a sequence, or null.</summary>
    public int? BosToken { get; }

    /// <summary>Token that ends a sequence, or null.</summary>
    public int? EosToken { get; }

    /// <summary>The special tokens that encoding adds before and after a text.</summary>
    internal (int[] Before, int[] After) Frame => (_postProcessor.Prefix, _postProcessor.Suffix);

    /// <summary>What the decoder cuts from the front of a text.</summary>
    internal char StripContent => _decoder.StripContent;

    /// <summary>How many times at most.</summary>
    internal int StripCount => _decoder.StripCount;

    /// <summary>The id of a token by its exact content (<c>&lt;|im_end|&gt;</c>), or null.</summary>
    public int? FindToken(string content)
    {
        if (_ids.TryGetValue(content, out var added))
            return added;
        var bytes = Encoding.UTF8.GetBytes(content);
        var length = _byteLevel ? ByteAlphabet.Read(bytes, bytes) : bytes.Length;
        var id = length > 0 ? _model.Vocabulary.Find(bytes.AsSpan(0, length)) : -1;
        return id >= 0 ? id : null;
    }

    /// <summary>The exact content of a token as the vocabulary spells it; empty for an id that no token has.</summary>
    public string GetToken(int id)
    {
        if (_contents.TryGetValue(id, out var content))
            return content;
        var bytes = _model.Vocabulary[id];
        return _byteLevel ? ByteAlphabet.Spell(bytes) : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Whether an id is that of a token, and not of a gap or beyond the vocabulary.</summary>
    internal bool HasToken(int id) => _contents.ContainsKey(id) || !_model.Vocabulary[id].IsEmpty;

    /// <summary>
    /// The bytes a token stands for in the middle of a text: a leading space where it begins a word, and possibly not whole
    /// characters. Empty for an id that no token has.
    /// </summary>
    public ReadOnlySpan<byte> GetTokenBytes(int id) => GetTokenBytes(id, first: false);

    /// <summary>The bytes of a token, in the middle or at the start of a text.</summary>
    internal ReadOnlySpan<byte> GetTokenBytes(int id, bool first)
    {
        if (_byteLevel && _decoder.IsByteLevel && !_contents.ContainsKey(id))
            return _model.Vocabulary[id];
        return HasToken(id) ? _decoder.Decode(GetToken(id), first) : default;
    }

    /// <summary>True for control tokens, which <see cref="Decode"/> leaves out when asked to.</summary>
    public bool IsSpecial(int id) => _special.Contains(id);

    /// <summary>Text to ids, in time linear in the text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="addSpecialTokens">Whether the tokenizer's own post-processing adds BOS, CLS and the like. False for rendered chat templates.</param>
    /// <param name="parseSpecialTokens">Whether special tokens written out in the text become those tokens. False for text that is not trusted.</param>
    public int[] Encode(string text, bool addSpecialTokens = true, bool parseSpecialTokens = true)
    {
        List<int> ids = [];
        if (addSpecialTokens)
            ids.AddRange(_postProcessor.Prefix);
        List<(AddedToken? Token, ReadOnlyMemory<char> Text)> outer = [], inner = [];
        _rawMatcher.Split(text.AsMemory(), parseSpecialTokens, outer);
        var first = true;
        foreach (var (token, part) in outer)
        {
            if (token is not null)
                ids.Add(token.Id);
            else
            {
                inner.Clear();
                _normalizedMatcher.Split(Normalize(part.ToString()).AsMemory(), parseSpecialTokens, inner);
                foreach (var (innerToken, innerPart) in inner)
                {
                    if (innerToken is not null)
                        ids.Add(innerToken.Id);
                    else
                        EncodePart(innerPart, first, ids);
                    first = false;
                }
            }
            first = false;
        }
        if (addSpecialTokens)
            ids.AddRange(_postProcessor.Suffix);
        return [.. ids];
    }

    /// <summary>Ids to text. Bytes that are not UTF-8 become U+FFFD; ids that no token has are left out.</summary>
    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true)
    {
        var text = new StringBuilder();
        var detokenizer = CreateDetokenizer(skipSpecialTokens);
        foreach (var token in tokens)
            text.Append(detokenizer.Append(token));
        return text.Append(detokenizer.Flush()).ToString();
    }

    /// <summary>A detokenizer for one stream of tokens; all it returns, put together, is what <see cref="Decode"/> returns.</summary>
    /// <param name="skipSpecialTokens">Whether control tokens are left out.</param>
    /// <param name="continues">
    /// Whether the stream goes on from tokens that are not in it, such as a prompt: then the space that SentencePiece-style
    /// decoders cut from the front of a text stays.
    /// </param>
    public StreamingDetokenizer CreateDetokenizer(bool skipSpecialTokens = true, bool continues = false) => new(this, skipSpecialTokens, continues);

    private void EncodePart(ReadOnlyMemory<char> part, bool first, List<int> ids)
    {
        List<ReadOnlyMemory<char>> pieces = [];
        if (_preTokenizer is null)
            pieces.Add(part);
        else
            _preTokenizer.Split(part, first, pieces);
        _model.Encode(pieces, ids);
    }

    private string Normalize(string text) => _normalizer is null ? text : _normalizer.Apply(text);

    private void AddContent(int id, string content, int limit)
    {
        if (id < 0 || id >= limit)
            throw new TokenizerException($"The tokenizer gives '{content}' the id {id}, which is out of range for its vocabulary. The file is damaged; fetch it again.");
        _contents[id] = content;
        _ids[content] = id;
        VocabularySize = Math.Max(VocabularySize, id + 1);
    }
}
