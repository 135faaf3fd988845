namespace Models.Tokens.Jinja;

internal enum Comparison { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, In, NotIn }

internal sealed class And(Expression left, Expression right) : Expression
{
    protected override IEnumerable<Expression> Children => [left, right];

    public override object Evaluate(Frame frame)
    {
        frame.Context.Step();
        var value = left.Evaluate(frame);
        return Values.IsTrue(value) ? right.Evaluate(frame) : value;
    }
}

internal sealed class Or(Expression left, Expression right) : Expression
{
    protected override IEnumerable<Expression> Children => [left, right];

    public override object Evaluate(Frame frame)
    {
        frame.Context.Step();
        var value = left.Evaluate(frame);
        return Values.IsTrue(value) ? value : right.Evaluate(frame);
    }
}

internal sealed class Not(Expression operand) : Expression
{
    protected override IEnumerable<Expression> Children => [operand];

    public override object Evaluate(Frame frame)
    {
        frame.Context.Step();
        return Values.Bool(!Values.IsTrue(operand.Evaluate(frame)));
    }
}

internal sealed class Conditional(Expression condition, Expression then, Expression? otherwise) : Expression
{
    protected override IEnumerable<Expression> Children => otherwise is null ? [condition, then] : [condition, then, otherwise];

    public override object Evaluate(Frame frame)
    {
        frame.Context.Step();
        if (Values.IsTrue(condition.Evaluate(frame))) return then.Evaluate(frame);
        return otherwise?.Evaluate(frame) ?? new Undefined { Hint = "an inline 'if' without 'else' was false" };
    }
}

internal sealed class Unary(bool negate, Expression operand) : Expression
{
    protected override IEnumerable<Expression> Children => [operand];

    public override object Evaluate(Frame frame)
    {
        frame.Context.Step();
        return Arithmetic.Sign(frame.Context, operand.Evaluate(frame), negate);
    }
}

internal sealed class Binary(string op, Expression left, Expression right) : Expression
{
    protected override IEnumerable<Expression> Children => [left, right];

    public override object Evaluate(Frame frame)
    {
        frame.Context.Step();
        return Arithmetic.Apply(frame.Context, op, left.Evaluate(frame), right.Evaluate(frame));
    }
}

/// <summary>A chain of comparisons: <c>a &lt; b &lt; c</c> means <c>a &lt; b and b &lt; c</c>.</summary>
internal sealed class Compare(Expression first, (Comparison Operator, Expression Operand)[] rest) : Expression
{
    protected override IEnumerable<Expression> Children => [first, .. rest.Select(item => item.Operand)];

    public override object Evaluate(Frame frame)
    {
        var left = first.Evaluate(frame);
        foreach (var (comparison, operand) in rest)
        {
            frame.Context.Step();
            var right = operand.Evaluate(frame);
            if (!Comparisons.Holds(frame.Context, comparison, left, right)) return Values.False;
            left = right;
        }
        return Values.True;
    }
}

internal sealed class Concat(Expression[] parts) : Expression
{
    protected override IEnumerable<Expression> Children => parts;

    public override object Evaluate(Frame frame)
    {
        frame.Context.Step();
        var texts = new string[parts.Length];
        for (var i = 0; i < parts.Length; i++) texts[i] = Text.Str(frame.Context, parts[i].Evaluate(frame));
        return frame.Context.Produced(string.Concat(texts));
    }
}
