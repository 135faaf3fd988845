using System.Text;

namespace Models.Tokens;

/// <summary>Turns a stream of tokens into text, piece by piece, and never emits half a character. Not safe for several threads.</summary>
public sealed class StreamingDetokenizer
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private bool _first;
    private int _toStrip;

    internal StreamingDetokenizer(Tokenizer tokenizer, bool skipSpecialTokens, bool continues)
    {
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
        _first = !continues;
        _toStrip = continues ? 0 : tokenizer.StripCount;
    }

    /// <summary>Adds a token; returns the text that is complete by now, possibly empty. An id that no token has adds nothing.</summary>
    public string Append(int token)
    {
        if ((_skipSpecialTokens && _tokenizer.IsSpecial(token)) || !_tokenizer.HasToken(token))
            return "";
        var text = Complete(_tokenizer.GetTokenBytes(token, _first), flush: false);
        _first = false;
        return text;
    }

    /// <summary>Ends the stream: returns what was held back, incomplete bytes as U+FFFD.</summary>
    public string Flush() => Complete([], flush: true);

    private string Complete(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> chars = stackalloc char[256];
        if (bytes.Length > 250)
            chars = new char[bytes.Length + 6]; // what was held back adds at most a replacement or a pair
        chars = chars[.._utf8.GetChars(bytes, chars, flush)];
        while (_toStrip > 0 && chars.Length > 0)
        {
            if (chars[0] == _tokenizer.StripContent)
                chars = chars[1..];
            else
                _toStrip = 1; // nothing after another character is at the front
            _toStrip--;
        }
        return chars.ToString();
    }
}
