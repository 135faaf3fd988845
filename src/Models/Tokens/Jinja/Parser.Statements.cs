namespace Models.Tokens.Jinja;

internal sealed partial class Parser
{
    private static readonly HashSet<string> SpecialNames = ["caller", "kwargs", "varargs"];

    // The special names that the macro being parsed reads.
    private HashSet<string> _special = [];

    // 'for' statements around the current one, macros between them or not.
    private int _fors;

    /// <summary>Statements up to one of the end tags, which is left as the current token; up to the template's end without end tags.</summary>
    private Statement[] ParseBody(params ReadOnlySpan<string> ends)
    {
        List<Statement> body = [];
        var depth = _depth;
        Nest();
        while (Current.Kind != TokenKind.End)
        {
            var token = Take();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    body.Add(new Data(token.Text, token.Line));
                    break;
                case TokenKind.VariableBegin:
                    body.Add(new Print(ParseTuple(), token.Line));
                    Expect(TokenKind.VariableEnd, "'}}'");
                    break;
                default:
                    if (Current.Kind == TokenKind.Name && ends.Contains(Current.Text))
                    {
                        _depth = depth;
                        return [.. body];
                    }
                    body.AddRange(ParseStatement());
                    Expect(TokenKind.BlockEnd, "'%}'");
                    break;
            }
        }
        if (ends.Length > 0) throw Error($"unexpected end of the template, expected '{ends[^1]}'.");
        _depth = depth;
        return [.. body];
    }

    /// <summary>The body of a block: from the end of its opening tag to one of the end tags.</summary>
    private Statement[] ParseBlock(params ReadOnlySpan<string> ends)
    {
        SkipOperator(":");
        Expect(TokenKind.BlockEnd, "'%}'");
        return ParseBody(ends);
    }

    /// <summary>The body of a block up to its end tag, which is taken.</summary>
    private Statement[] ParseWholeBlock(string end)
    {
        var body = ParseBlock(end);
        _at++;
        return body;
    }

    private List<Statement> ParseStatement()
    {
        var token = Expect(TokenKind.Name, "the name of a tag");
        return token.Text switch
        {
            "if" => [ParseIf(token.Line)],
            "for" => [ParseFor(token.Line)],
            "set" => [ParseSet(token.Line)],
            "macro" => [ParseMacro(token.Line)],
            "call" => [ParseCallBlock(token.Line)],
            "filter" => [ParseFilterBlock(token.Line)],
            "with" => [ParseWith(token.Line)],
            "print" => ParsePrint(token.Line),
            "generation" => [new GenerationBlock(new(null, [], ParseFunctionBody("endgeneration")), token.Line)],
            "break" => [ParseJump(Flow.Break, token)],
            "continue" => [ParseJump(Flow.Continue, token)],
            "else" or "elif" or "endif" or "endfor" or "endset" or "endmacro" or "endcall" or "endfilter" or "endwith" or "endgeneration" =>
                throw TemplateException.At(token.Line, $"'{token.Text}' closes a block that is not open."),
            _ => throw Unsupported($"the tag {token}", token.Line),
        };
    }

    private If ParseIf(int line)
    {
        List<(Expression, Statement[])> branches = [];
        do branches.Add((ParseTuple(withConditional: false), ParseBlock("elif", "else", "endif")));
        while (SkipName("elif"));
        var otherwise = SkipName("else") ? ParseBlock("endif") : [];
        _at++;
        return new([.. branches], otherwise, line);
    }

    private ForLoop ParseFor(int line)
    {
        _fors++;
        var target = ParseTarget();
        if (!SkipName("in")) throw Error($"expected 'in', got {Current}.");
        var items = ParseTuple(withConditional: false);
        var test = SkipName("if") ? ParseExpression() : null;
        if (Current.IsName("recursive")) throw Unsupported("a 'recursive' loop", line);
        _loops++;
        var body = ParseBlock("else", "endfor");
        _loops--;
        var otherwise = SkipName("else") ? ParseBlock("endfor") : [];
        _at++;
        _fors--;
        return new(target, items, test, body, otherwise, line);
    }

    private Jump ParseJump(Flow flow, Token token) =>
        _loops > 0 ? new(flow, token.Line) : throw TemplateException.At(token.Line, $"'{token.Text}' stands outside a loop.");

    private Statement ParseSet(int line)
    {
        var target = ParseTarget(withAttributes: true);
        if (SkipOperator("=")) return new Assign(target, ParseTuple(), line);
        var captured = new CapturedText();
        var result = SkipOperator("|") ? ParseFilterChain(captured) : captured;
        return new AssignBlock(target, captured, result, ParseWholeBlock("endset"), line);
    }

    private FilterBlock ParseFilterBlock(int line)
    {
        var captured = new CapturedText();
        return new(captured, ParseFilterChain(captured), ParseWholeBlock("endfilter"), line);
    }

    private Expression ParseFilterChain(Expression input)
    {
        var depth = _depth;
        do
        {
            Nest();
            input = ParseFilter(input);
        }
        while (SkipOperator("|"));
        _depth = depth;
        return input;
    }

    private With ParseWith(int line)
    {
        List<(Target, Expression)> variables = [];
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (variables.Count > 0) ExpectOperator(",");
            var target = ParseTarget();
            ExpectOperator("=");
            variables.Add((target, ParseExpression()));
        }
        return new([.. variables], ParseWholeBlock("endwith"), line);
    }

    private List<Statement> ParsePrint(int line)
    {
        List<Statement> prints = [];
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (prints.Count > 0) ExpectOperator(",");
            prints.Add(new Print(ParseExpression(), line));
        }
        return prints;
    }

    private MacroStatement ParseMacro(int line)
    {
        var name = ParseStoredName();
        var parameters = ParseParameters();
        return new(name, ParseFunction(name, parameters, "endmacro", line), line);
    }

    private CallBlock ParseCallBlock(int line)
    {
        (string, Expression?)[] parameters = Current.IsOperator("(") ? ParseParameters() : [];
        if (ParseExpression() is not Call call) throw TemplateException.At(line, "'call' needs the call of a macro.");
        return new(call, ParseFunction(null, parameters, "endcall", line), line);
    }

    private MacroDefinition ParseFunction(string? name, (string Name, Expression? Default)[] parameters, string end, int line)
    {
        var body = ParseFunctionBody(end);
        if (body.Reads("caller") && Array.Exists(parameters, parameter => parameter is { Name: "caller", Default: null }))
            throw TemplateException.At(line, "a parameter 'caller' needs a default.");
        return new(name, parameters, body);
    }

    private MacroBody ParseFunctionBody(string end)
    {
        var (outerSpecial, outerLoops) = (_special, _loops);
        _special = [];
        _loops = 0;
        var body = new MacroBody(ParseWholeBlock(end), _special);
        outerSpecial.UnionWith(_special);
        (_special, _loops) = (outerSpecial, outerLoops);
        return body;
    }

    private (string Name, Expression? Default)[] ParseParameters()
    {
        ExpectOperator("(");
        List<(string Name, Expression? Default)> parameters = [];
        while (!SkipOperator(")"))
        {
            if (parameters.Count > 0) ExpectOperator(",");
            var name = ParseStoredName();
            if (parameters.Exists(other => other.Name == name)) throw Error($"two parameters are called '{name}'.");
            var value = SkipOperator("=") ? ParseExpression() : null;
            if (value is null && parameters is [.., { Default: not null }]) throw Error("a parameter without a default follows one with a default.");
            parameters.Add((name, value));
        }
        return [.. parameters];
    }

    private Target ParseTarget(bool withAttributes = false)
    {
        List<Target> items = [];
        var isTuple = false;
        while (!EndsTuple())
        {
            items.Add(ParseTargetItem(withAttributes));
            if (!SkipOperator(",")) break;
            isTuple = true;
        }
        return isTuple ? new TupleTarget([.. items]) : items.Count == 1 ? items[0] : throw Error($"expected a name, got {Current}.");
    }

    private Target ParseTargetItem(bool withAttributes)
    {
        if (SkipOperator("("))
        {
            var depth = _depth;
            Nest();
            var inner = ParseTarget(withAttributes);
            _depth = depth;
            ExpectOperator(")");
            return inner;
        }
        if (withAttributes && Current.Kind == TokenKind.Name && Next.IsOperator("."))
        {
            var id = Take().Text;
            _at++;
            return new AttributeTarget(id, ExpectName());
        }
        var name = ParseStoredName();
        // A loop variable is Jinja2's own inside a loop.
        return name != "loop" || _fors == 0 ? new NameTarget(name) : throw Error("'loop' cannot be assigned inside a loop.");
    }

    private string ParseStoredName()
    {
        var name = ExpectName();
        return name is "true" or "false" or "none" or "True" or "False" or "None" ? throw Error($"'{name}' cannot be assigned.") : name;
    }
}
