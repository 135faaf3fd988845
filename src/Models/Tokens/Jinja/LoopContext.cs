namespace Models.Tokens.Jinja;

/// <summary>The variable <c>loop</c>. It reads ahead only when asked for the length, the next item, or whether this is the last one.</summary>
internal sealed class LoopContext(RenderContext context, IEnumerator<object> items, int? knownLength)
{
    private IEnumerator<object> _items = items;
    private int? _length = knownLength;
    private int _index0 = -1;
    private object? _previous;
    private object? _next;
    private object[]? _changed;

    public object Current { get; private set; } = None.Value;

    public bool MoveNext()
    {
        context.Step();
        var next = Peek();
        if (next is null) return false;
        _next = null;
        _previous = _index0 < 0 ? null : Current;
        Current = next;
        _index0++;
        return true;
    }

    /// <summary>An attribute of <c>loop</c>, or null where it has none of that name.</summary>
    public object? GetAttribute(string name) => name switch
    {
        "index" => Values.Int(_index0 + 1),
        "index0" => Values.Int(_index0),
        "first" => Values.Bool(_index0 == 0),
        "last" => Values.Bool(Peek() is null),
        "length" => Values.Int(Length),
        "revindex" => Values.Int(Length - _index0),
        "revindex0" => Values.Int(Length - _index0 - 1),
        "previtem" => _previous ?? new Undefined { Hint = "there is no previous item" },
        "nextitem" => Peek() ?? new Undefined { Hint = "there is no next item" },
        "depth" => Values.Int(1),
        "depth0" => Values.Int(0),
        "cycle" => new Function("cycle", Cycle),
        "changed" => new Function("changed", Changed),
        _ => null,
    };

    public int Length => _length ??= CountRest();

    public override string ToString() => $"<LoopContext {_index0 + 1}/{Length}>";

    private object? Peek() => _next ??= _items.MoveNext() ? _items.Current : null;

    private int CountRest()
    {
        var rest = Values.Drain(context, _items);
        _items = ((IEnumerable<object>)rest).GetEnumerator();
        return rest.Count + _index0 + 1 + (_next is null ? 0 : 1);
    }

    private object Cycle(RenderContext context, CallArguments arguments)
    {
        arguments.RequireNoNames(context, "cycle");
        var values = arguments.Positional;
        return values.Length > 0 ? values[_index0 % values.Length] : throw context.Error("loop.cycle needs at least one value.");
    }

    private object Changed(RenderContext context, CallArguments arguments)
    {
        arguments.RequireNoNames(context, "changed");
        var values = arguments.Positional;
        if (_changed is not null && Comparisons.AreEqual(context, new PyTuple(_changed), new PyTuple(values))) return Values.False;
        _changed = values;
        return Values.True;
    }
}
