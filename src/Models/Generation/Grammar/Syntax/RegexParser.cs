using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Syntax;

/// <summary>
/// Parses regular expressions of ECMA-262 with the <c>u</c> flag, as JSON Schema asks, as far as they make regular languages:
/// alternatives, groups, classes, quantifiers (lazy ones match the same texts), <c>^ $ .</c>, <c>\d \w \s</c> and their
/// complements, <c>\p{…}</c> of general categories, and character escapes. Look-around, back-references and word boundaries are
/// refused by name.
/// </summary>
internal sealed class RegexParser
{
    private static readonly CodePointSet LineEnds = CodePointSet.Of(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029));

    private readonly Scanner _scanner;

    private RegexParser(string pattern) => _scanner = new(pattern, "pattern");

    /// <summary>Parses a pattern.</summary>
    /// <exception cref="GrammarException">It is malformed, or uses what is not supported.</exception>
    public static Pattern Parse(string pattern)
    {
        var parser = new RegexParser(pattern);
        var parsed = parser.ReadChoice();
        return parser._scanner.AtEnd ? parsed : throw parser._scanner.Error("closes a group that is not open", ")");
    }

    private Pattern ReadChoice()
    {
        List<Pattern> items = [ReadSequence()];
        while (_scanner.TryRead("|"))
            items.Add(ReadSequence());
        return items.Count == 1 ? items[0] : new Pattern.Choice(items);
    }

    private Pattern ReadSequence()
    {
        List<Pattern> items = [];
        while (!_scanner.AtEnd && _scanner.Peek() is not ('|' or ')'))
        {
            var start = _scanner.Position;
            var item = ReadItem();
            if (_scanner.ReadQuantifier() is var (minimum, maximum))
            {
                if (item is Pattern.Start or Pattern.End)
                    throw _scanner.Error("repeats a position", "quantifier", start);
                _scanner.TryRead("?"); // a lazy quantifier matches the same texts
                item = new Pattern.Repeat(item, minimum, maximum);
            }
            items.Add(item);
        }
        return items.Count == 1 ? items[0] : new Pattern.Sequence(items);
    }

    private Pattern ReadItem()
    {
        var start = _scanner.Position;
        switch (_scanner.ReadCodePoint())
        {
            case '^':
                return new Pattern.Start();
            case '$':
                return new Pattern.End();
            case '.':
                return new Pattern.Class(LineEnds.Complement());
            case '[':
                return new Pattern.Class(ReadClass(start));
            case '(':
                return ReadGroup(start);
            case '\\':
                return new Pattern.Class(ReadEscape(start));
            case '*' or '+' or '?' or '{':
                throw _scanner.Error("has a quantifier with nothing before it", "quantifier", start);
            case ']' or '}':
                throw _scanner.Error("has a bracket that must be written with a backslash", "bracket", start);
            case var c:
                return new Pattern.Class(CodePointSet.Of((c, c)));
        }
    }

    private Pattern ReadGroup(int start)
    {
        foreach (var refused in (ReadOnlySpan<string>)["?=", "?!", "?<=", "?<!"])
        {
            if (_scanner.TryRead(refused))
                throw _scanner.Error($"uses look-around '({refused}', which is not supported", $"({refused}", start);
        }
        if (_scanner.TryRead("?<"))
        {
            var name = _scanner.ReadWhile(c => char.IsLetterOrDigit(c) || c is '_' or '$');
            if (name.Length == 0 || !_scanner.TryRead(">"))
                throw _scanner.Error("has a group with a malformed name", "(?<", start);
        }
        else if (!_scanner.TryRead("?:") && _scanner.Peek() == '?')
            throw _scanner.Error("uses a kind of group that is not supported", "(?", start);
        _scanner.Enter();
        var group = ReadChoice();
        _scanner.Leave();
        return _scanner.TryRead(")") ? group : throw _scanner.Error("has a group that is not closed", "(", start);
    }

    private CodePointSet ReadClass(int start)
    {
        var negated = _scanner.TryRead("^");
        List<CodePointSet> sets = [];
        while (!_scanner.TryRead("]"))
        {
            if (_scanner.AtEnd)
                throw _scanner.Error("has a class that is not closed", "[", start);
            var low = ReadClassItem();
            if (_scanner.Peek() != '-' || _scanner.Peek(1) is ']' or '\0')
            {
                sets.Add(low);
                continue;
            }
            var dash = _scanner.Position++;
            var high = ReadClassItem();
            if (Single(low) is not { } first || Single(high) is not { } last || first > last)
                throw _scanner.Error("has a range whose ends are not two characters in order", "-", dash);
            sets.Add(CodePointSet.Of((first, last)));
        }
        var set = CodePointSet.Union(sets);
        return negated ? set.Complement() : set;
    }

    private CodePointSet ReadClassItem()
    {
        var start = _scanner.Position;
        var c = _scanner.ReadCodePoint();
        if (c != '\\')
            return CodePointSet.Of((c, c));
        if (_scanner.TryRead("b"))
            return CodePointSet.Of(('\b', '\b'));
        return _scanner.TryRead("-") ? CodePointSet.Of(('-', '-')) : ReadEscape(start);
    }

    private CodePointSet ReadEscape(int start)
    {
        var c = _scanner.ReadCodePoint();
        switch (c)
        {
            case 'd':
                return CharacterClasses.Digits;
            case 'D':
                return CharacterClasses.Digits.Complement();
            case 'w':
                return CharacterClasses.WordCharacters;
            case 'W':
                return CharacterClasses.WordCharacters.Complement();
            case 's':
                return CharacterClasses.Spaces;
            case 'S':
                return CharacterClasses.Spaces.Complement();
            case 'p' or 'P':
                if (!_scanner.TryRead("{"))
                    throw _scanner.Error("has a property without braces", "\\p", start);
                var name = _scanner.ReadWhile(letter => letter != '}');
                _scanner.TryRead("}");
                var category = CharacterClasses.Category(name)
                    ?? throw _scanner.Error($"uses the property '{name}'; general categories such as L, Lu or Nd are supported", $"\\p{{{name}}}", start);
                return c == 'p' ? category : category.Complement();
            case 'b' or 'B':
                throw _scanner.Error($"uses the word boundary '\\{(char)c}', which is not supported", $"\\{(char)c}", start);
            case 'k' or (>= '1' and <= '9'):
                throw _scanner.Error("uses a back-reference, which is not supported", "back-reference", start);
        }
        var value = c switch
        {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'v' => '\v',
            'f' => '\f',
            '0' when !char.IsAsciiDigit(_scanner.Peek()) => 0,
            'x' => _scanner.ReadHex(2),
            'u' => ReadUnicodeEscape(start),
            'c' when char.IsAsciiLetter(_scanner.Peek()) => _scanner.ReadCodePoint() % 32,
            < 128 when "^$\\.*+?()[]{}|/".Contains((char)c) => c,
            _ => throw _scanner.Error("has an escape that is not known", "\\", start),
        };
        return CodePointSet.Of((value, value));
    }

    private int ReadUnicodeEscape(int start)
    {
        if (_scanner.TryRead("{"))
        {
            var digits = _scanner.ReadWhile(char.IsAsciiHexDigit);
            if (digits.Length is 0 or > 8 || !_scanner.TryRead("}") || Convert.ToUInt32(digits, 16) is var value && value > CodePointSet.Last)
                throw _scanner.Error("has a malformed \\u{…} escape", "\\u", start);
            return Convert.ToInt32(digits, 16);
        }
        var high = _scanner.ReadHex(4);
        if (!char.IsHighSurrogate((char)high) || !_scanner.TryRead("\\u"))
            return high;
        var low = _scanner.ReadHex(4);
        return char.IsLowSurrogate((char)low)
            ? char.ConvertToUtf32((char)high, (char)low)
            : throw _scanner.Error("has half of a surrogate pair", "\\u", start);
    }

    private static int? Single(CodePointSet set) => set.Ranges is [var (low, high)] && low == high ? low : null;
}
