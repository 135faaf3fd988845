using System.Text;

namespace Models.Tokens.Jinja;

internal sealed partial class Parser
{
    private Expression ParseExpression()
    {
        var depth = _depth;
        Nest();
        var result = ParseConditional();
        _depth = depth;
        return result;
    }

    private Expression ParseConditional()
    {
        var result = ParseOr();
        while (SkipName("if"))
        {
            Nest();
            var condition = ParseOr();
            result = new Conditional(condition, result, SkipName("else") ? ParseConditional() : null);
        }
        return result;
    }

    private Expression ParseOr()
    {
        var depth = _depth;
        var left = ParseAnd();
        while (SkipName("or"))
        {
            Nest();
            left = new Or(left, ParseAnd());
        }
        _depth = depth;
        return left;
    }

    private Expression ParseAnd()
    {
        var depth = _depth;
        var left = ParseNot();
        while (SkipName("and"))
        {
            Nest();
            left = new And(left, ParseNot());
        }
        _depth = depth;
        return left;
    }

    private Expression ParseNot()
    {
        if (!SkipName("not")) return ParseComparison();
        var depth = _depth;
        Nest();
        var result = new Not(ParseNot());
        _depth = depth;
        return result;
    }

    private Expression ParseComparison()
    {
        var first = ParseSum();
        List<(Comparison, Expression)>? rest = null;
        while (TakeComparison() is { } comparison) (rest ??= []).Add((comparison, ParseSum()));
        return rest is null ? first : new Compare(first, [.. rest]);
    }

    private Comparison? TakeComparison()
    {
        if (SkipName("in")) return Comparison.In;
        if (Current.IsName("not") && Next.IsName("in"))
        {
            _at += 2;
            return Comparison.NotIn;
        }
        if (Current.Kind != TokenKind.Operator) return null;
        Comparison? comparison = Current.Text switch
        {
            "==" => Comparison.Equal,
            "!=" => Comparison.NotEqual,
            "<" => Comparison.Less,
            "<=" => Comparison.LessOrEqual,
            ">" => Comparison.Greater,
            ">=" => Comparison.GreaterOrEqual,
            _ => null,
        };
        if (comparison is not null) _at++;
        return comparison;
    }

    private Expression ParseSum() => ParseChain(static parser => parser.ParseConcat(), "+", "-");

    private Expression ParseConcat()
    {
        var first = ParseProduct();
        if (!Current.IsOperator("~")) return first;
        List<Expression> parts = [first];
        while (SkipOperator("~")) parts.Add(ParseProduct());
        return new Concat([.. parts]);
    }

    private Expression ParseProduct() => ParseChain(static parser => parser.ParsePower(), "*", "/", "//", "%");

    // Jinja2's ** associates to the left, and the unary minus binds tighter than it.
    private Expression ParsePower() => ParseChain(static parser => parser.ParseUnary(), "**");

    private Expression ParseChain(Func<Parser, Expression> parseOperand, params ReadOnlySpan<string> operators)
    {
        var depth = _depth;
        var left = parseOperand(this);
        while (Current.Kind == TokenKind.Operator && operators.Contains(Current.Text))
        {
            Nest();
            var op = Take().Text;
            left = new Binary(op, left, parseOperand(this));
        }
        _depth = depth;
        return left;
    }

    private Expression ParseUnary(bool withFilters = true)
    {
        var depth = _depth;
        Nest();
        var node = SkipOperator("-") ? new Unary(negate: true, ParseUnary(withFilters: false))
            : SkipOperator("+") ? new Unary(negate: false, ParseUnary(withFilters: false))
            : ParsePrimary();
        node = ParsePostfix(node);
        if (withFilters) node = ParseFilters(node);
        _depth = depth;
        return node;
    }

    private Expression ParsePrimary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                _at++;
                return token.Text switch
                {
                    "true" or "True" => new Constant(Values.True),
                    "false" or "False" => new Constant(Values.False),
                    "none" or "None" => new Constant(None.Value),
                    _ => ReadName(token.Text),
                };
            case TokenKind.String:
                _at++;
                if (Current.Kind != TokenKind.String) return new Constant(token.Text);
                var text = new StringBuilder(token.Text);
                while (Current.Kind == TokenKind.String) text.Append(Take().Text);
                return new Constant(text.ToString());
            case TokenKind.Integer:
                _at++;
                return new Constant(PyNumbers.ParseLiteral(token));
            case TokenKind.Float:
                _at++;
                return new Constant(double.Parse(token.Text.Replace("_", "")));
            case TokenKind.Operator when token.Text == "(":
                _at++;
                var inner = ParseTuple(inParentheses: true);
                ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                _at++;
                return new ListLiteral(ParseItems("]", ParseExpression));
            case TokenKind.Operator when token.Text == "{":
                _at++;
                return new DictLiteral(ParseItems("}", ParsePair));
            default:
                throw Error($"unexpected {token}.");
        }
    }

    private Name ReadName(string id)
    {
        if (SpecialNames.Contains(id)) _special.Add(id);
        return new(id);
    }

    private (Expression Key, Expression Value) ParsePair()
    {
        var key = ParseExpression();
        ExpectOperator(":");
        return (key, ParseExpression());
    }

    /// <summary>Comma-separated items up to a closing bracket; a trailing comma is fine.</summary>
    private T[] ParseItems<T>(string close, Func<T> parse)
    {
        List<T> items = [];
        while (!SkipOperator(close))
        {
            if (items.Count > 0)
            {
                ExpectOperator(",");
                if (SkipOperator(close)) break;
            }
            items.Add(parse());
        }
        return [.. items];
    }

    /// <summary>An expression, or a tuple where commas follow.</summary>
    private Expression ParseTuple(bool inParentheses = false, bool withConditional = true)
    {
        List<Expression> items = [];
        var isTuple = false;
        while (!EndsTuple())
        {
            items.Add(withConditional ? ParseExpression() : ParseNested(ParseOr));
            if (!SkipOperator(",")) break;
            isTuple = true;
        }
        if (isTuple || (items.Count == 0 && inParentheses)) return new TupleLiteral([.. items]);
        return items.Count == 1 ? items[0] : throw Error($"expected an expression, got {Current}.");
    }

    private bool EndsTuple() => Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || Current.IsOperator(")");

    private Expression ParseNested(Func<Expression> parse)
    {
        var depth = _depth;
        Nest();
        var result = parse();
        _depth = depth;
        return result;
    }

    private Expression ParsePostfix(Expression node)
    {
        while (true)
        {
            if (Current.IsOperator(".") || Current.IsOperator("[")) node = ParseSubscript(node);
            else if (Current.IsOperator("(")) node = ParseCall(node);
            else return node;
            Nest();
        }
    }

    private Expression ParseFilters(Expression node)
    {
        while (true)
        {
            if (SkipOperator("|")) node = ParseFilter(node);
            else if (SkipName("is")) node = ParseTest(node);
            else if (Current.IsOperator("(")) node = ParseCall(node);
            else return node;
            Nest();
        }
    }

    private Expression ParseSubscript(Expression node)
    {
        if (SkipOperator("."))
        {
            var token = Take();
            return token.Kind switch
            {
                TokenKind.Name => new Attribute(node, token.Text),
                TokenKind.Integer => new Subscript(node, new Constant(PyNumbers.ParseLiteral(token))),
                _ => throw TemplateException.At(token.Line, $"expected a name or a number after '.', got {token}."),
            };
        }
        ExpectOperator("[");
        if (Current.IsOperator(":")) return ParseSlice(node, null);
        if (Current.IsOperator("]")) return new Subscript(node, new TupleLiteral(ParseItems("]", ParseExpression)));
        var first = ParseExpression();
        if (Current.IsOperator(":")) return ParseSlice(node, first);
        if (SkipOperator("]")) return new Subscript(node, first);
        ExpectOperator(",");
        return new Subscript(node, new TupleLiteral([first, .. ParseItems("]", ParseExpression)]));
    }

    private Slice ParseSlice(Expression node, Expression? start)
    {
        ExpectOperator(":");
        var stop = EndsBound() ? null : ParseExpression();
        var step = SkipOperator(":") && !EndsBound() ? ParseExpression() : null;
        ExpectOperator("]");
        return new Slice(node, start, stop, step);

        bool EndsBound() => Current.IsOperator(":") || Current.IsOperator("]");
    }

    private Call ParseCall(Expression callee)
    {
        var line = Current.Line;
        ExpectOperator("(");
        var arguments = ParseArguments();
        if (callee is Name { Id: "cycler" or "lipsum" } name) throw Unsupported($"the function '{name.Id}'", line);
        if (callee is Attribute method)
        {
            if (StringMethods.Unsupported.Contains(method.Identifier)) throw Unsupported($"the method '{method.Identifier}'", line);
            if (method is { Identifier: "format", Target: Constant { Value: string format } }) StringFormat.Check(format, line);
        }
        return new Call(callee, arguments);
    }

    private ArgumentList ParseArguments()
    {
        var line = Current.Line;
        List<Expression> positional = [];
        List<(string, Expression)> named = [];
        Expression? spread = null, spreadNamed = null;
        while (!SkipOperator(")"))
        {
            if (positional.Count + named.Count > 0 || spread is not null || spreadNamed is not null)
            {
                ExpectOperator(",");
                if (SkipOperator(")")) break;
            }
            if (SkipOperator("*") && spread is null && spreadNamed is null) spread = ParseExpression();
            else if (SkipOperator("**") && spreadNamed is null) spreadNamed = ParseExpression();
            else if (Current.Kind == TokenKind.Name && Next.IsOperator("=") && spreadNamed is null)
            {
                var name = Take().Text;
                _at++;
                if (named.Exists(other => other.Item1 == name)) throw Error($"the argument '{name}' is given twice.");
                named.Add((name, ParseExpression()));
            }
            else if (spread is null && spreadNamed is null && named.Count == 0) positional.Add(ParseExpression());
            else throw TemplateException.At(line, "a positional argument follows a named one in a call.");
        }
        return new ArgumentList([.. positional], [.. named], spread, spreadNamed);
    }

    private FilterCall ParseFilter(Expression input)
    {
        var token = Expect(TokenKind.Name, "the name of a filter");
        var arguments = SkipOperator("(") ? ParseArguments() : ArgumentList.Empty;
        CheckNestedNames(token.Text, arguments, token.Line);
        return new FilterCall(input, FindFilter(token.Text, token.Line), arguments);
    }

    /// <summary>Filters and tests that are arguments of filters, as in <c>map('upper')</c>, must exist as well.</summary>
    private static void CheckNestedNames(string filter, ArgumentList arguments, int line)
    {
        var at = filter is "map" or "select" or "reject" ? 0 : filter is "selectattr" or "rejectattr" ? 1 : -1;
        if (at < 0 || at >= arguments.Positional.Length || arguments.Positional[at] is not Constant { Value: string name }) return;
        if (filter == "map") FindFilter(name, line);
        else FindTest(name, line);
    }

    private TestCall ParseTest(Expression input)
    {
        var negated = SkipName("not");
        var token = Expect(TokenKind.Name, "the name of a test");
        ArgumentList arguments;
        if (SkipOperator("(")) arguments = ParseArguments();
        else if (StartsTestArgument()) arguments = new([ParsePostfix(ParseNested(ParsePrimary))], [], null, null);
        else arguments = ArgumentList.Empty;
        return new TestCall(input, FindTest(token.Text, token.Line), arguments, negated);
    }

    private bool StartsTestArgument()
    {
        if (Current.IsName("is")) throw Error("tests with 'is' cannot be chained.");
        return Current.Kind switch
        {
            TokenKind.Name => Current.Text is not ("else" or "or" or "and"),
            TokenKind.String or TokenKind.Integer or TokenKind.Float => true,
            TokenKind.Operator => Current.Text is "[" or "{",
            _ => false,
        };
    }

    private static Filter FindFilter(string name, int line) => Filters.All.GetValueOrDefault(name) ?? throw Unsupported($"the filter '{name}'", line);

    private static Test FindTest(string name, int line) => Tests.All.GetValueOrDefault(name) ?? throw Unsupported($"the test '{name}'", line);
}
