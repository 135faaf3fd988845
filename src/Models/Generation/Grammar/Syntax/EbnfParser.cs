using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Syntax;

/// <summary>Parses the small EBNF that <see cref="GrammarExpression.Ebnf"/> describes. Line ends are white space: a rule ends where another begins.</summary>
internal sealed class EbnfParser
{
    private readonly Scanner _scanner;
    private readonly Dictionary<string, Pattern> _rules = [];
    private readonly Dictionary<string, int> _references = [];

    private EbnfParser(string grammar) => _scanner = new(grammar, "grammar");

    /// <summary>Parses a grammar to its rules by name.</summary>
    /// <exception cref="GrammarException">It is malformed, or a rule is missing or defined twice.</exception>
    public static IReadOnlyDictionary<string, Pattern> Parse(string grammar)
    {
        var parser = new EbnfParser(grammar);
        parser.SkipSpace();
        while (!parser._scanner.AtEnd)
            parser.ReadRule();
        foreach (var (name, position) in parser._references)
        {
            if (!parser._rules.ContainsKey(name))
                throw parser._scanner.Error($"refers to a rule '{name}' that it does not define", name, position);
        }
        return parser._rules.ContainsKey("root") ? parser._rules : throw new GrammarException("The grammar has no rule named 'root', where a text would begin.", "root");
    }

    private void ReadRule()
    {
        var start = _scanner.Position;
        var name = ReadName();
        SkipSpace();
        if (name.Length == 0 || !_scanner.TryRead("::="))
            throw _scanner.Error("needs a rule here, 'name ::= …'", "::=", start);
        SkipSpace();
        if (!_rules.TryAdd(name, ReadChoice()))
            throw _scanner.Error($"defines the rule '{name}' twice", name, start);
        if (!_scanner.AtEnd && !AtRule())
            throw _scanner.Error("has something here that is not understood", null);
    }

    private Pattern ReadChoice()
    {
        List<Pattern> items = [ReadSequence()];
        while (_scanner.TryRead("|"))
        {
            SkipSpace();
            items.Add(ReadSequence());
        }
        return items.Count == 1 ? items[0] : new Pattern.Choice(items);
    }

    private Pattern ReadSequence()
    {
        List<Pattern> items = [];
        while (ReadItem() is { } item)
        {
            SkipSpace();
            while (_scanner.ReadQuantifier() is var (minimum, maximum))
            {
                item = new Pattern.Repeat(item, minimum, maximum);
                SkipSpace();
            }
            items.Add(item);
        }
        return items.Count == 1 ? items[0] : new Pattern.Sequence(items);
    }

    private Pattern? ReadItem()
    {
        var start = _scanner.Position;
        switch (_scanner.Peek())
        {
            case '"':
                _scanner.Position++;
                List<Pattern> characters = [];
                while (!_scanner.TryRead("\""))
                    characters.Add(Single(ReadCharacter(start)));
                return characters.Count == 1 ? characters[0] : new Pattern.Sequence(characters);
            case '[':
                _scanner.Position++;
                return new Pattern.Class(ReadClass(start));
            case '.':
                _scanner.Position++;
                return new Pattern.Class(CodePointSet.All);
            case '(':
                _scanner.Position++;
                _scanner.Enter();
                SkipSpace();
                var group = ReadChoice();
                _scanner.Leave();
                return _scanner.TryRead(")") ? group : throw _scanner.Error("has a group that is not closed", "(", start);
        }
        if (AtRule())
            return null;
        var name = ReadName();
        if (name.Length == 0)
            return null;
        _references.TryAdd(name, start);
        return new Pattern.Reference(name);
    }

    private CodePointSet ReadClass(int start)
    {
        var negated = _scanner.TryRead("^");
        List<CodePointSet> sets = [];
        while (!_scanner.TryRead("]"))
        {
            var low = ReadCharacter(start);
            var high = low;
            if (_scanner.Peek() == '-' && _scanner.Peek(1) != ']')
            {
                _scanner.Position++;
                high = ReadCharacter(start);
            }
            if (low > high)
                throw _scanner.Error("has a range whose ends are out of order", "-", start);
            sets.Add(CodePointSet.Of((low, high)));
        }
        var set = CodePointSet.Union(sets);
        return negated ? set.Complement() : set;
    }

    private int ReadCharacter(int start)
    {
        if (_scanner.AtEnd)
            throw _scanner.Error("has a literal or class that is not closed", null, start);
        var c = _scanner.ReadCodePoint();
        if (c != '\\')
            return c;
        return _scanner.ReadCodePoint() switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'x' => _scanner.ReadHex(2),
            'u' => _scanner.ReadHex(4),
            'U' => _scanner.ReadHex(8) is var value && value <= CodePointSet.Last ? value : throw _scanner.Error("names a character beyond Unicode", "\\U", start),
            var escaped when escaped is '\\' or '"' or '[' or ']' or '-' or '^' => escaped,
            _ => throw _scanner.Error("has an escape that is not known", "\\", _scanner.Position - 2),
        };
    }

    private bool AtRule()
    {
        var start = _scanner.Position;
        var isRule = ReadName().Length > 0;
        SkipSpace();
        isRule = isRule && _scanner.TryRead("::=");
        _scanner.Position = start;
        return isRule;
    }

    private string ReadName() => _scanner.ReadWhile(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private void SkipSpace()
    {
        while (_scanner.ReadWhile(char.IsWhiteSpace).Length > 0 || _scanner.Peek() == '#')
        {
            if (_scanner.Peek() == '#')
                _scanner.ReadWhile(c => c != '\n');
        }
    }

    private static Pattern.Class Single(int codePoint) => new(CodePointSet.Of((codePoint, codePoint)));
}
