namespace Models.Tokens.Jinja;

/// <summary>An expression of a compiled template. Immutable once <see cref="Bind"/> has run.</summary>
internal abstract class Expression
{
    /// <summary>The expressions this one is made of, in the order in which they are evaluated.</summary>
    protected virtual IEnumerable<Expression> Children => [];

    /// <summary>Declares the names this expression reads (see <see cref="Scope"/>).</summary>
    public virtual void Declare(Scope scope)
    {
        foreach (var child in Children) child.Declare(scope);
    }

    /// <summary>Resolves names to slots, once every name of the scope is declared.</summary>
    public virtual void Bind(Scope scope)
    {
        foreach (var child in Children) child.Bind(scope);
    }

    public abstract object Evaluate(Frame frame);
}

internal sealed class Constant(object value) : Expression
{
    public object Value => value;

    public override object Evaluate(Frame frame) => value;
}

internal sealed class Name(string id) : Expression
{
    private Reference _reference;

    public string Id => id;

    public override void Declare(Scope scope) => scope.Load(id);

    public override void Bind(Scope scope) => _reference = scope.Find(id);

    public override object Evaluate(Frame frame) => frame.Read(_reference) ?? new Undefined(id);
}

internal sealed class ListLiteral(Expression[] items) : Expression
{
    protected override IEnumerable<Expression> Children => items;

    public override object Evaluate(Frame frame) => new PyList(items.EvaluateAll(frame));
}

internal sealed class TupleLiteral(Expression[] items) : Expression
{
    protected override IEnumerable<Expression> Children => items;

    public override object Evaluate(Frame frame) => new PyTuple(items.EvaluateAll(frame));
}

internal sealed class DictLiteral((Expression Key, Expression Value)[] items) : Expression
{
    protected override IEnumerable<Expression> Children => items.SelectMany(item => new[] { item.Key, item.Value });

    public override object Evaluate(Frame frame)
    {
        frame.Context.ChargeItems(items.Length);
        var dict = new PyDict(items.Length);
        foreach (var (key, value) in items) dict.Set(frame.Context, key.Evaluate(frame), value.Evaluate(frame));
        return dict;
    }
}

internal static class ExpressionExtensions
{
    public static object[] EvaluateAll(this Expression[] items, Frame frame)
    {
        frame.Context.ChargeItems(items.Length);
        var values = new object[items.Length];
        for (var i = 0; i < items.Length; i++) values[i] = items[i].Evaluate(frame);
        return values;
    }
}
