using System.Buffers;

namespace Models.Tokens.Jinja;

/// <summary>
/// Cuts a template into tokens as Jinja2 does with <c>trim_blocks</c> and <c>lstrip_blocks</c>: the newline after a block or comment goes,
/// and so does blank space between the start of a line and a block or comment; <c>-</c> strips more, <c>+</c> strips nothing.
/// </summary>
internal sealed class Lexer
{
    private static readonly SearchValues<char> StringEnd = SearchValues.Create("\\'\"");

    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _at;
    private int _line = 1;

    // Where the previous tag ended with a newline, text that follows starts a line.
    private bool _lineStarts = true;

    private Lexer(string source) => _source = source;

    public static List<Token> Tokenize(string source)
    {
        var text = source.Replace("\r\n", "\n").Replace('\r', '\n');
        if (text.EndsWith('\n')) text = text[..^1];
        var lexer = new Lexer(text);
        lexer.ScanTemplate();
        lexer.Add(TokenKind.End, "");
        return lexer._tokens;
    }

    private void ScanTemplate()
    {
        while (_at < _source.Length)
        {
            var tag = FindTag();
            if (tag < 0)
            {
                AddData(_source[_at..]);
                _at = _source.Length;
                return;
            }
            var kind = _source[tag + 1];
            var bodyAt = tag + 2;
            var sign = Sign(bodyAt);
            if (sign != '\0') bodyAt++;
            TakeText(tag, sign, stripLine: kind != '{');
            Advance(bodyAt);
            if (kind == '#') SkipComment();
            else if (kind == '{') ScanTag(TokenKind.VariableBegin);
            else if (RawBodyStart() is { } raw) ScanRaw(raw);
            else ScanTag(TokenKind.BlockBegin);
        }
    }

    private int FindTag()
    {
        for (var i = _at; ; i++)
        {
            var found = _source.AsSpan(i).IndexOf('{');
            if (found < 0 || i + found + 1 >= _source.Length) return -1;
            i += found;
            if (_source[i + 1] is '%' or '{' or '#') return i;
        }
    }

    private char Sign(int at) => at < _source.Length && _source[at] is '-' or '+' ? _source[at] : '\0';

    /// <summary>Emits the text up to a tag, stripped as the tag's sign asks.</summary>
    private void TakeText(int end, char sign, bool stripLine)
    {
        var text = _source.AsSpan(_at, end - _at);
        if (sign == '-')
        {
            text = text[..(PyText.TrimEnd(text).Length)];
        }
        else if (sign == '\0' && stripLine)
        {
            var lineAt = text.LastIndexOf('\n') + 1;
            if ((lineAt > 0 || _lineStarts) && PyText.TrimEnd(text[lineAt..]).IsEmpty) text = text[..lineAt];
        }
        if (!text.IsEmpty) AddData(text.ToString());
        Advance(end);
    }

    private void SkipComment()
    {
        // Jinja2 lets the very end of a template end a comment that has just begun, and a raw block.
        if (_at == _source.Length) return;
        var end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0) throw TemplateException.At(_line, "the comment '{#' has no end '#}'.");
        EndTag(end, end > _at ? _source[end - 1] : '\0', trimNewline: true);
    }

    /// <summary>Moves behind an end tag and the space its sign or <c>trim_blocks</c> takes along.</summary>
    private void EndTag(int end, char sign, bool trimNewline)
    {
        var next = end + 2;
        if (sign == '-') next = SkipSpace(next);
        else if (sign != '+' && trimNewline && next < _source.Length && _source[next] == '\n') next++;
        _lineStarts = _source[next - 1] == '\n';
        Advance(next);
    }

    /// <summary>Where the text of <c>{% raw %}</c> begins, when the block at hand is one.</summary>
    private int? RawBodyStart() => WordEnd(_at, "raw") is { } end && EndOfRawTag(end, trimNewline: false) is { } body ? body : null;

    private int? WordEnd(int at, string word)
    {
        at = SkipSpace(at);
        return string.CompareOrdinal(_source, at, word, 0, word.Length) == 0 ? SkipSpace(at + word.Length) : null;
    }

    private int? EndOfRawTag(int at, bool trimNewline)
    {
        var sign = Sign(at);
        if (sign == '+' && !trimNewline) return null;
        if (sign != '\0') at++;
        if (string.CompareOrdinal(_source, at, "%}", 0, 2) != 0) return null;
        at += 2;
        if (sign == '-') return SkipSpace(at);
        return sign == '\0' && trimNewline && at < _source.Length && _source[at] == '\n' ? at + 1 : at;
    }

    private void ScanRaw(int bodyAt)
    {
        _lineStarts = _source[bodyAt - 1] == '\n';
        Advance(bodyAt);
        if (_at == _source.Length) return;
        for (var tag = _at; (tag = _source.IndexOf("{%", tag, StringComparison.Ordinal)) >= 0; tag += 2)
        {
            var sign = Sign(tag + 2);
            if (WordEnd(tag + (sign == '\0' ? 2 : 3), "endraw") is not { } word || EndOfRawTag(word, trimNewline: true) is not { } end) continue;
            TakeText(tag, sign, stripLine: true);
            _lineStarts = _source[end - 1] == '\n';
            Advance(end);
            return;
        }
        throw TemplateException.At(_line, "'{% raw %}' has no '{% endraw %}'.");
    }

    private void ScanTag(TokenKind begin)
    {
        Add(begin, "");
        var (close, end) = begin == TokenKind.VariableBegin ? ('}', TokenKind.VariableEnd) : ('%', TokenKind.BlockEnd);
        var brackets = new Stack<char>();
        while (true)
        {
            Advance(SkipSpace(_at));
            if (_at >= _source.Length) return;
            if (brackets.Count == 0 && TagEnd(close) is { } sign)
            {
                Add(end, "");
                EndTag(sign == '\0' ? _at : _at + 1, sign, trimNewline: close == '%');
                return;
            }
            ScanToken(brackets);
        }
    }

    /// <summary>The sign of the end tag at hand (none is NUL), or null where no tag ends here. '+' does not exist for variables.</summary>
    private char? TagEnd(char close)
    {
        var sign = Sign(_at);
        if (sign == '+' && close == '}') return null;
        var at = sign == '\0' ? _at : _at + 1;
        return at + 1 < _source.Length && _source[at] == close && _source[at + 1] == '}' ? sign : null;
    }

    private void ScanToken(Stack<char> brackets)
    {
        var c = _source[_at];
        if (char.IsAsciiDigit(c)) ScanNumber();
        else if (c == '_' || char.IsLetter(c)) ScanName();
        else if (c is '\'' or '"') ScanString(c);
        else ScanOperator(brackets);
    }

    private void ScanNumber()
    {
        var end = NumberScanner.Scan(_source, _at, out var isFloat);
        Take(isFloat ? TokenKind.Float : TokenKind.Integer, end);
    }

    private void ScanName()
    {
        var end = _at + 1;
        while (end < _source.Length && (_source[end] == '_' || char.IsLetterOrDigit(_source[end]))) end++;
        Take(TokenKind.Name, end);
    }

    private void ScanString(char quote)
    {
        for (var i = _at + 1; i < _source.Length; i++)
        {
            var found = _source.AsSpan(i).IndexOfAny(StringEnd);
            if (found < 0) break;
            i += found;
            if (_source[i] == '\\') { i++; continue; }
            if (_source[i] != quote) continue;
            Add(TokenKind.String, StringLiteral.Decode(_source.AsSpan(_at + 1, i - _at - 1), _line));
            Advance(i + 1);
            return;
        }
        throw TemplateException.At(_line, $"the string that starts with {quote} has no end.");
    }

    private void ScanOperator(Stack<char> brackets)
    {
        var length = _at + 1 < _source.Length && _source.AsSpan(_at, 2) is "//" or "**" or "==" or "!=" or ">=" or "<=" ? 2 : 1;
        var c = _source[_at];
        if (length == 1 && !"+-/*%~[](){}<>=.:|,;".Contains(c)) throw TemplateException.At(_line, $"unexpected character '{c}'.");
        if (c is '(' or '[' or '{')
        {
            brackets.Push(c switch { '(' => ')', '[' => ']', _ => '}' });
        }
        else if (c is ')' or ']' or '}' && (!brackets.TryPop(out var expected) || expected != c))
        {
            throw TemplateException.At(_line, expected == '\0' ? $"unexpected '{c}'." : $"unexpected '{c}', expected '{expected}'.");
        }
        Take(TokenKind.Operator, _at + length);
    }

    private int SkipSpace(int at)
    {
        while (at < _source.Length && PyText.IsSpace(_source[at])) at++;
        return at;
    }

    private void Take(TokenKind kind, int end)
    {
        Add(kind, _source[_at..end]);
        Advance(end);
    }

    private void AddData(string text) => Add(TokenKind.Data, text);

    private void Add(TokenKind kind, string text) => _tokens.Add(new(kind, text, _line));

    private void Advance(int to)
    {
        _line += _source.AsSpan(_at, to - _at).Count('\n');
        _at = to;
    }
}
