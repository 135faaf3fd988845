using System.Globalization;
using System.Text;
using System.Text.Json;
using Models.Tokens.Splitting;

namespace Models.Tokens.Pipeline;

/// <summary>
/// What a token stands for: the <c>decoder</c> of a <c>tokenizer.json</c> as steps on one token at a time, and what is cut from
/// the front of the whole text. So a stream decodes to exactly what the whole decodes to. Immutable and safe for several threads.
/// </summary>
/// <remarks>
/// One difference from HF tokenizers, on purpose: a run of byte tokens with a fault in it yields U+FFFD for the faulty bytes
/// only, where HF gives one for each byte of the run. A stream could not know that while the run goes on.
/// </remarks>
internal sealed class TokenDecoder
{
    private readonly List<Func<string, bool, string>> _steps = []; // token and whether it is the first -> what it becomes
    private Func<string, byte[]?> _toBytes = _ => null;
    private bool _fused;

    /// <summary>Whether tokens are spelled in <see cref="ByteAlphabet"/> and nothing else is done to them.</summary>
    public bool IsByteLevel { get; private set; }

    /// <summary>What <see cref="StripCount"/> cuts.</summary>
    public char StripContent { get; private set; }

    /// <summary>How many times at most <see cref="StripContent"/> is cut from the front of a text.</summary>
    public int StripCount { get; private set; }

    /// <summary>Reads a <c>decoder</c>; where there is none, tokens are joined by spaces.</summary>
    /// <exception cref="TokenizerException">A kind is unknown or a field malformed.</exception>
    public static TokenDecoder FromJson(JsonElement json)
    {
        var decoder = new TokenDecoder();
        if (json.ValueKind == JsonValueKind.Null)
            decoder._steps.Add((token, first) => first ? token : " " + token);
        else
            decoder.Add(json);
        return decoder;
    }

    /// <summary>The bytes a token stands for; the parts of a character when tokens are parts of characters.</summary>
    /// <param name="token">The token as the vocabulary spells it.</param>
    /// <param name="first">Whether it is the first of a text.</param>
    public byte[] Decode(string token, bool first)
    {
        foreach (var step in _steps)
            token = step(token, first);
        return _toBytes(token) ?? Encoding.UTF8.GetBytes(token);
    }

    private void Add(JsonElement json)
    {
        var kind = json.Kind();
        if (_fused && kind is not ("Fuse" or "Strip"))
            throw JsonFields.Unknown("decoder after Fuse", kind);
        switch (kind)
        {
            case "Sequence":
                foreach (var step in json.Items("decoders"))
                    Add(step);
                break;
            case "ByteLevel":
                _toBytes = FromByteAlphabet;
                IsByteLevel = _steps.Count == 0;
                break;
            case "ByteFallback":
                _toBytes = FromByteToken;
                break;
            case "Fuse":
                _fused = true;
                break;
            case "Replace":
                var (search, replacement) = (json.Field("pattern")?.Text("String") ?? throw JsonFields.Malformed("pattern", "there"), json.Text("content"));
                _steps.Add((token, _) => token.Replace(search, replacement, StringComparison.Ordinal));
                break;
            case "Metaspace":
                var metaspace = Metaspace.FromJson(json);
                var atStart = metaspace.Prepend == MetaspacePrepend.Never ? " " : "";
                _steps.Add((token, first) => token.Replace(metaspace.Replacement.ToString(), first ? atStart : " "));
                break;
            case "WordPiece":
                var (prefix, cleanUp) = (json.Text("prefix"), json.Flag("cleanup") ?? true);
                _steps.Add((token, first) => JoinWordPiece(token, first, prefix, cleanUp));
                break;
            case "Strip":
                AddStrip(json);
                break;
            default:
                throw JsonFields.Unknown("decoder", kind);
        }
    }

    private void AddStrip(JsonElement json)
    {
        var content = json.Text("content");
        if (!_fused || content.Length != 1 || json.Number("stop") is > 0)
            throw JsonFields.Unknown("decoder", "Strip other than at the start of the fused text");
        (StripContent, StripCount) = (content[0], json.Number("start") ?? 0);
    }

    private static string JoinWordPiece(string token, bool first, string prefix, bool cleanUp)
    {
        if (!first)
            token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        return !cleanUp ? token : token
            .Replace(" .", ".").Replace(" ?", "?").Replace(" !", "!").Replace(" ,", ",").Replace(" ' ", "'").Replace(" n't", "n't")
            .Replace(" 'm", "'m").Replace(" do not", " don't").Replace(" 's", "'s").Replace(" 've", "'ve").Replace(" 're", "'re");
    }

    private static byte[]? FromByteAlphabet(string token)
    {
        var bytes = Encoding.UTF8.GetBytes(token);
        var count = ByteAlphabet.Read(bytes, bytes);
        return count < 0 ? null : bytes[..count];
    }

    // <0x0A>
    private static byte[]? FromByteToken(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
        && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, null, out var value) ? [value] : null;
}
