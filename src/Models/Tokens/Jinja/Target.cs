namespace Models.Tokens.Jinja;

/// <summary>What a value is assigned to: a name, an attribute of a namespace, or a tuple of these.</summary>
internal abstract class Target
{
    /// <summary>Declares the names in the scope that sets them.</summary>
    public abstract void Declare(Scope scope);

    /// <summary>Declares the names in the scope that owns them: a loop's or a with's.</summary>
    public abstract void DeclareGiven(Scope scope);

    public abstract void Bind(Scope scope);

    public abstract void Assign(Frame frame, object value);

    /// <summary>Fails where an attribute would be set on something that is no namespace, before the value is computed.</summary>
    public virtual void Check(Frame frame) { }

    /// <summary>The same target, to be bound to another scope.</summary>
    public abstract Target Copy();
}

internal sealed class NameTarget(string id) : Target
{
    private Reference _reference;

    public override void Declare(Scope scope) => scope.Store(id);

    public override void DeclareGiven(Scope scope) => scope.DeclareGiven(id);

    public override void Bind(Scope scope) => _reference = scope.Find(id);

    public override void Assign(Frame frame, object value) => frame.Write(_reference, value);

    public override Target Copy() => new NameTarget(id);
}

internal sealed class AttributeTarget(string id, string attribute) : Target
{
    private readonly Name _name = new(id);

    public override void Declare(Scope scope) => _name.Declare(scope);

    public override void DeclareGiven(Scope scope) => _name.Declare(scope);

    public override void Bind(Scope scope) => _name.Bind(scope);

    public override void Check(Frame frame)
    {
        if (_name.Evaluate(frame) is not PyNamespace) throw frame.Context.Error($"'{id}' is no namespace, so '{id}.{attribute}' cannot be set.");
    }

    public override void Assign(Frame frame, object value)
    {
        Check(frame);
        ((PyNamespace)_name.Evaluate(frame)).Set(frame.Context, attribute, value);
    }

    public override Target Copy() => new AttributeTarget(id, attribute);
}

internal sealed class TupleTarget(Target[] items) : Target
{
    public override void Declare(Scope scope)
    {
        foreach (var item in items) item.Declare(scope);
    }

    public override void DeclareGiven(Scope scope)
    {
        foreach (var item in items) item.DeclareGiven(scope);
    }

    public override void Bind(Scope scope)
    {
        foreach (var item in items) item.Bind(scope);
    }

    public override void Check(Frame frame)
    {
        foreach (var item in items) item.Check(frame);
    }

    public override void Assign(Frame frame, object value)
    {
        var values = Values.ToArray(frame.Context, value);
        if (values.Length != items.Length) throw frame.Context.Error($"{values.Length} values cannot be unpacked into {items.Length} names.");
        for (var i = 0; i < items.Length; i++) items[i].Assign(frame, values[i]);
    }

    public override Target Copy() => new TupleTarget([.. items.Select(item => item.Copy())]);
}
