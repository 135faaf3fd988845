namespace Models.Tokens.Jinja;

/// <summary>The arguments written at a call.</summary>
internal sealed class ArgumentList(Expression[] positional, (string Name, Expression Value)[] named, Expression? spread, Expression? spreadNamed)
{
    public static ArgumentList Empty { get; } = new([], [], null, null);

    public Expression[] Positional => positional;

    public IEnumerable<Expression> Expressions
    {
        get
        {
            foreach (var argument in positional) yield return argument;
            foreach (var (_, value) in named) yield return value;
            if (spread is not null) yield return spread;
            if (spreadNamed is not null) yield return spreadNamed;
        }
    }

    public CallArguments Evaluate(Frame frame, object? caller = null)
    {
        if (positional.Length == 0 && named.Length == 0 && spread is null && spreadNamed is null && caller is null) return CallArguments.Empty;
        var values = positional.EvaluateAll(frame);
        frame.Context.ChargeItems(named.Length);
        List<KeyValuePair<string, object>> names = [];
        foreach (var (name, value) in named) names.Add(new(name, value.Evaluate(frame)));
        if (spread is not null) values = [.. values, .. Values.ToArray(frame.Context, spread.Evaluate(frame))];
        if (spreadNamed is not null) AddNamed(frame.Context, spreadNamed.Evaluate(frame), names);
        if (caller is not null) names.Add(new("caller", caller));
        return new(values, names);
    }

    private static void AddNamed(RenderContext context, object values, List<KeyValuePair<string, object>> names)
    {
        if (values is not PyDict dict) throw context.Error($"the argument after ** must be a mapping, not {Values.TypeName(values)}.");
        context.ChargeItems(dict.Count);
        var known = names.Select(name => name.Key).ToHashSet();
        foreach (var (key, value) in dict.Items)
        {
            if (key is not string name) throw context.Error("the keys of the argument after ** must be strings.");
            if (!known.Add(name)) throw context.Error($"the argument '{name}' is given twice.");
            names.Add(new(name, value));
        }
    }
}

internal sealed class Call(Expression callee, ArgumentList arguments) : Expression
{
    protected override IEnumerable<Expression> Children => [callee, .. arguments.Expressions];

    public override object Evaluate(Frame frame) => Evaluate(frame, null);

    /// <summary>Calls; a call block passes its body as <paramref name="caller"/>.</summary>
    public object Evaluate(Frame frame, Macro? caller)
    {
        var context = frame.Context;
        context.Step();
        var function = callee.Evaluate(frame);
        if (function is Undefined undefined) throw undefined.Failure(context);
        if (function is not Callable callable) throw context.Error($"a value of type {Values.TypeName(function)} cannot be called.");
        return callable.Call(context, arguments.Evaluate(frame, caller));
    }
}

internal sealed class FilterCall(Expression input, Filter filter, ArgumentList arguments) : Expression
{
    protected override IEnumerable<Expression> Children => [input, .. arguments.Expressions];

    public override object Evaluate(Frame frame)
    {
        frame.Context.Step();
        return filter(frame.Context, input.Evaluate(frame), arguments.Evaluate(frame));
    }
}

internal sealed class TestCall(Expression input, Test test, ArgumentList arguments, bool negated) : Expression
{
    protected override IEnumerable<Expression> Children => [input, .. arguments.Expressions];

    public override object Evaluate(Frame frame)
    {
        frame.Context.Step();
        return Values.Bool(test(frame.Context, input.Evaluate(frame), arguments.Evaluate(frame)) != negated);
    }
}

/// <summary>The text a block captured, as the input of the block's filters.</summary>
internal sealed class CapturedText : Expression
{
    private Reference _slot;

    public override void Bind(Scope scope) => _slot = scope.AddHidden();

    public void Set(Frame frame, string text) => frame.Write(_slot, text);

    public override object Evaluate(Frame frame) => frame.Read(_slot)!;
}
