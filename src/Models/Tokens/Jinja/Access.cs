namespace Models.Tokens.Jinja;

internal sealed class Attribute(Expression target, string identifier) : Expression
{
    public Expression Target => target;

    public string Identifier => identifier;

    protected override IEnumerable<Expression> Children => [target];

    public override object Evaluate(Frame frame)
    {
        frame.Context.Step();
        return Attributes.GetAttribute(frame.Context, target.Evaluate(frame), identifier);
    }
}

internal sealed class Subscript(Expression target, Expression key) : Expression
{
    protected override IEnumerable<Expression> Children => [target, key];

    public override object Evaluate(Frame frame)
    {
        frame.Context.Step();
        return Attributes.GetItem(frame.Context, target.Evaluate(frame), key.Evaluate(frame));
    }
}

internal sealed class Slice(Expression target, Expression? start, Expression? stop, Expression? step) : Expression
{
    protected override IEnumerable<Expression> Children => new[] { target, start, stop, step }.OfType<Expression>();

    public override object Evaluate(Frame frame)
    {
        frame.Context.Step();
        return Slicing.Slice(frame.Context, target.Evaluate(frame), start?.Evaluate(frame), stop?.Evaluate(frame), step?.Evaluate(frame));
    }
}
