namespace Models.Tokens.Jinja;

/// <summary>Hands out the slots of one function: the template itself, a macro, or the body of a call block.</summary>
internal sealed class FunctionLayout(FunctionLayout? outer)
{
    public int Depth { get; } = outer is null ? 0 : outer.Depth + 1;

    public int Slots { get; private set; }

    public int AddSlot() => Slots++;
}

/// <summary>How a variable of a scope begins, each time the scope is entered.</summary>
internal enum VariableStart
{
    /// <summary>It is set by the construct that owns the scope: a loop, a macro.</summary>
    Given,

    /// <summary>It is undefined.</summary>
    Empty,

    /// <summary>It has the value of a variable handed to the template, or of a global.</summary>
    Looked,

    /// <summary>It has the value of the variable of that name in the scope around.</summary>
    Copied,
}

/// <summary>
/// The names of one scope. Jinja2 decides when it compiles which scope each name belongs to: a name that a scope sets is that scope's own
/// (loops, macros and captured blocks are scopes; an <c>if</c> is not), begins as a copy of the outer one where there is one, and is lost at
/// the scope's end. So all names are declared in a first pass, and bound to slots in a second.
/// </summary>
internal sealed class Scope
{
    private readonly Scope? _outer;

    // A branch of an 'if' is a layer over the scope it is in until Merge; it shares the slots of that scope.
    private readonly Scope? _base;
    private readonly FunctionLayout _function;
    private readonly Dictionary<string, int> _slots;
    private readonly Dictionary<string, VariableStart> _names = [];
    private readonly HashSet<string> _stores = [];

    /// <summary>A scope inside another one; a macro brings a layout of its own.</summary>
    public Scope(Scope? outer, FunctionLayout function)
    {
        _outer = outer;
        _function = function;
        _slots = [];
    }

    private Scope(Scope over)
    {
        _base = over;
        _outer = over._outer;
        _function = over._function;
        _slots = over._slots;
    }

    public FunctionLayout Function => _function;

    /// <summary>A scope inside this one, of the same function.</summary>
    public Scope Inner() => new(this, _function);

    /// <summary>The names as one branch of an 'if' sees and sets them.</summary>
    public Scope Branch() => new(this);

    /// <summary>A name is set by what owns the scope.</summary>
    public Reference DeclareGiven(string name)
    {
        _stores.Add(name);
        Define(name, VariableStart.Given);
        return new(0, _slots[name]);
    }

    /// <summary>A name is read.</summary>
    public void Load(string name)
    {
        if (!IsKnown(name)) Define(name, VariableStart.Looked);
    }

    /// <summary>A name is set.</summary>
    public void Store(string name)
    {
        _stores.Add(name);
        if (!HasName(name)) Define(name, _outer?.IsKnown(name) == true ? VariableStart.Copied : VariableStart.Empty);
    }

    /// <summary>Takes over what the branches of an 'if' declared. What only a branch sets begins with the value from outside.</summary>
    public void Merge(params ReadOnlySpan<Scope> branches)
    {
        List<string> added = [];
        foreach (var branch in branches)
        {
            foreach (var name in branch._stores)
            {
                if (!HasStore(name)) added.Add(name);
            }
        }
        foreach (var branch in branches)
        {
            foreach (var (name, start) in branch._names) _names[name] = start;
            _stores.UnionWith(branch._stores);
        }
        foreach (var name in added) _names[name] = _outer?.IsKnown(name) == true ? VariableStart.Copied : VariableStart.Looked;
    }

    /// <summary>The slot of a declared name.</summary>
    public Reference Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope._outer)
        {
            if (scope.HasName(name)) return new(_function.Depth - scope._function.Depth, scope._slots[name]);
        }
        throw new InvalidOperationException($"The name '{name}' was bound before it was declared.");
    }

    /// <summary>A slot without a name.</summary>
    public Reference AddHidden() => new(0, _function.AddSlot());

    /// <summary>What to do when the scope is entered.</summary>
    public Prologue CreatePrologue()
    {
        List<(Reference, Reference?, string?)> starts = [];
        foreach (var (name, start) in _names)
        {
            if (start == VariableStart.Given) continue;
            starts.Add((new(0, _slots[name]), start == VariableStart.Copied ? FindOutside(name) : null, start == VariableStart.Looked ? name : null));
        }
        return new([.. starts]);
    }

    private Reference FindOutside(string name)
    {
        var reference = _outer!.Find(name);
        return reference with { Hops = reference.Hops + _function.Depth - _outer._function.Depth };
    }

    private void Define(string name, VariableStart start)
    {
        if (!_slots.ContainsKey(name)) _slots[name] = _function.AddSlot();
        _names[name] = start;
    }

    private bool IsKnown(string name)
    {
        for (var scope = this; scope is not null; scope = scope._outer)
        {
            if (scope.HasName(name)) return true;
        }
        return false;
    }

    private bool HasName(string name)
    {
        for (var layer = this; layer is not null; layer = layer._base)
        {
            if (layer._names.ContainsKey(name)) return true;
        }
        return false;
    }

    private bool HasStore(string name)
    {
        for (var layer = this; layer is not null; layer = layer._base)
        {
            if (layer._stores.Contains(name)) return true;
        }
        return false;
    }
}

/// <summary>Sets the variables of a scope to what they begin with.</summary>
internal sealed class Prologue((Reference Slot, Reference? Source, string? Variable)[] starts)
{
    public void Run(Frame frame)
    {
        foreach (var (slot, source, variable) in starts)
            frame.Write(slot, source is { } outer ? frame.Read(outer) : variable is not null ? frame.Context.Look(variable) : null);
    }
}
