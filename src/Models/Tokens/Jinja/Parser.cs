using System.Runtime.CompilerServices;

namespace Models.Tokens.Jinja;

/// <summary>Recursive-descent parser over the tokens of a template, with Jinja2's grammar and precedences.</summary>
internal sealed partial class Parser
{
    // Python, into which Jinja2 compiles, refuses deeper nesting as well.
    private const int MaxDepth = 200;

    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;
    private int _loops;

    private Parser(List<Token> tokens) => _tokens = tokens;

    private Token Current => _tokens[_at];

    private Token Next => _tokens[Math.Min(_at + 1, _tokens.Count - 1)];

    /// <summary>Parses a whole template.</summary>
    /// <exception cref="TemplateException">The template is malformed or uses what this subset lacks.</exception>
    public static Statement[] Parse(string source)
    {
        var parser = new Parser(Lexer.Tokenize(source));
        return parser.ParseBody();
    }

    private Token Take()
    {
        var token = Current;
        if (token.Kind != TokenKind.End) _at++;
        return token;
    }

    private bool SkipOperator(string text) => Skip(Current.IsOperator(text));

    private bool SkipName(string name) => Skip(Current.IsName(name));

    private bool Skip(bool matches)
    {
        if (matches) _at++;
        return matches;
    }

    private void ExpectOperator(string text)
    {
        if (!SkipOperator(text)) throw Error($"expected '{text}', got {Current}.");
    }

    private Token Expect(TokenKind kind, string what) => Current.Kind == kind ? Take() : throw Error($"expected {what}, got {Current}.");

    private string ExpectName() => Expect(TokenKind.Name, "a name").Text;

    private TemplateException Error(string message) => TemplateException.At(Current.Line, message);

    private static TemplateException Unsupported(string what, int line) => TemplateException.At(line, $"{what} is not supported.");

    /// <summary>Goes one level deeper; the caller restores <see cref="_depth"/>.</summary>
    private void Nest()
    {
        if (++_depth > MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Error($"more than {MaxDepth} levels of nesting.");
    }
}
