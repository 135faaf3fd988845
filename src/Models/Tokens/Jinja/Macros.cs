using System.Text;

namespace Models.Tokens.Jinja;

/// <summary><c>{% macro name(…) %} … {% endmacro %}</c></summary>
internal sealed class MacroStatement(string name, MacroDefinition definition, int line) : Statement(line)
{
    private Reference _reference;

    public override void Declare(Scope scope) => scope.Store(name);

    public override void Bind(Scope scope)
    {
        definition.Bind(scope);
        _reference = scope.Find(name);
    }

    public override Flow Execute(Frame frame, StringBuilder output)
    {
        frame.Write(_reference, new Macro(definition, frame));
        return Flow.Next;
    }
}

/// <summary><c>{% call m(…) %} … {% endcall %}</c></summary>
internal sealed class CallBlock(Call call, MacroDefinition caller, int line) : Statement(line)
{
    public override void Declare(Scope scope) => call.Declare(scope);

    public override void Bind(Scope scope)
    {
        call.Bind(scope);
        caller.Bind(scope);
    }

    public override Flow Execute(Frame frame, StringBuilder output)
    {
        var context = frame.Context;
        context.Write(output, Text.Str(context, call.Evaluate(frame, new Macro(caller, frame))));
        return Flow.Next;
    }
}

/// <summary>
/// <c>{% generation %} … {% endgeneration %}</c>, by which training marks what the model itself says. Here it is only a scope,
/// the body of a call block as in transformers.
/// </summary>
internal sealed class GenerationBlock(MacroDefinition body, int line) : Statement(line)
{
    public override void Declare(Scope scope) { }

    public override void Bind(Scope scope) => body.Bind(scope);

    public override Flow Execute(Frame frame, StringBuilder output)
    {
        var context = frame.Context;
        context.Write(output, (string)new Macro(body, frame).Call(context, CallArguments.Empty));
        return Flow.Next;
    }
}

/// <summary>A macro as a value: its code and the variables around it.</summary>
internal sealed class Macro(MacroDefinition definition, Frame frame) : Callable
{
    public override string Name => definition.Name ?? "caller";

    public override object Call(RenderContext context, CallArguments arguments)
    {
        context.EnterCall();
        var line = context.Line;
        var result = definition.Invoke(context, frame, arguments);
        context.Line = line;
        context.LeaveCall();
        return result;
    }

    public override string ToString() => definition.Name is null ? "<Macro anonymous>" : $"<Macro '{definition.Name}'>";
}
