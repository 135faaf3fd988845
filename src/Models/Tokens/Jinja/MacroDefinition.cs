using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>The parameters and the body of a macro or of a call block, compiled to a function.</summary>
internal sealed class MacroDefinition(string? name, (string Name, Expression? Default)[] parameters, MacroBody body)
{
    private readonly Reference[] _slots = new Reference[parameters.Length];
    private Reference _caller;
    private Reference _kwargs;
    private Reference _varargs;
    private Prologue? _prologue;
    private FunctionLayout? _layout;

    // A parameter of that name is like any other.
    private readonly bool _takesCaller = body.Reads("caller") && !parameters.Any(parameter => parameter.Name == "caller");
    private readonly bool _takesKwargs = body.Reads("kwargs") && !parameters.Any(parameter => parameter.Name == "kwargs");
    private readonly bool _takesVarargs = body.Reads("varargs") && !parameters.Any(parameter => parameter.Name == "varargs");

    public string? Name => name;

    public void Bind(Scope scope)
    {
        _layout = new FunctionLayout(scope.Function);
        var inner = new Scope(scope, _layout);
        for (var i = 0; i < parameters.Length; i++) _slots[i] = inner.DeclareGiven(parameters[i].Name);
        if (_takesCaller) _caller = inner.DeclareGiven("caller");
        if (_takesKwargs) _kwargs = inner.DeclareGiven("kwargs");
        if (_takesVarargs) _varargs = inner.DeclareGiven("varargs");
        foreach (var (_, value) in parameters) value?.Declare(inner);
        body.Statements.DeclareAll(inner);
        _prologue = inner.CreatePrologue();
        foreach (var (_, value) in parameters) value?.Bind(inner);
        body.Statements.BindAll(inner);
    }

    public string Invoke(RenderContext context, Frame outer, CallArguments arguments)
    {
        var frame = new Frame(context, outer, _layout!.Slots);
        Fill(context, frame, arguments);
        _prologue!.Run(frame);
        for (var i = 0; i < parameters.Length; i++)
        {
            if (frame.Read(_slots[i]) is not null) continue;
            frame.Write(_slots[i], parameters[i].Default?.Evaluate(frame)
                ?? new Undefined(parameters[i].Name) { Hint = $"the parameter '{parameters[i].Name}' was not given" });
        }
        var output = new StringBuilder();
        Statement.Run(body.Statements, frame, output);
        return output.ToString();
    }

    private void Fill(RenderContext context, Frame frame, CallArguments arguments)
    {
        var positional = arguments.Positional;
        var filled = Math.Min(positional.Length, parameters.Length);
        for (var i = 0; i < filled; i++) frame.Write(_slots[i], positional[i]);
        List<KeyValuePair<string, object>> rest = [];
        foreach (var argument in arguments.Named)
        {
            var at = Array.FindIndex(parameters, filled, parameter => parameter.Name == argument.Key);
            if (at >= 0) frame.Write(_slots[at], argument.Value);
            else if (_takesCaller && argument.Key == "caller") frame.Write(_caller, argument.Value);
            else rest.Add(argument);
        }
        if (_takesCaller && frame.Read(_caller) is null or None) frame.Write(_caller, new Undefined("caller") { Hint = "no caller is defined" });
        if (_takesKwargs) frame.Write(_kwargs, PyDict.FromNamed(context, rest));
        else if (rest.Count > 0) throw context.Error($"the macro '{name}' takes no argument named '{rest[0].Key}'.");
        if (_takesVarargs) frame.Write(_varargs, new PyTuple(positional[filled..]));
        else if (positional.Length > parameters.Length) throw context.Error($"the macro '{name}' takes at most {parameters.Length} arguments.");
    }
}

/// <summary>The statements of a macro, and which of the special names caller, kwargs and varargs they read.</summary>
internal sealed record MacroBody(Statement[] Statements, IReadOnlySet<string> SpecialNames)
{
    public bool Reads(string name) => SpecialNames.Contains(name);
}
