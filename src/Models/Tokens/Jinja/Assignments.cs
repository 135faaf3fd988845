using System.Text;

namespace Models.Tokens.Jinja;

/// <summary><c>{% set a = … %}</c></summary>
internal sealed class Assign(Target target, Expression value, int line) : Statement(line)
{
    public override void Declare(Scope scope)
    {
        value.Declare(scope);
        target.Declare(scope);
    }

    public override void Bind(Scope scope)
    {
        value.Bind(scope);
        target.Bind(scope);
    }

    public override Flow Execute(Frame frame, StringBuilder output)
    {
        target.Check(frame);
        target.Assign(frame, value.Evaluate(frame));
        return Flow.Next;
    }
}

/// <summary>A block whose text is captured and filtered, in a scope of its own.</summary>
internal abstract class CapturingStatement(CapturedText captured, Expression result, Statement[] body, int line) : Statement(line)
{
    private Prologue? _prologue;

    protected Expression Result => result;

    protected void BindBody(Scope scope)
    {
        var inner = scope.Inner();
        body.DeclareAll(inner);
        result.Declare(inner);
        _prologue = inner.CreatePrologue();
        result.Bind(inner);
        body.BindAll(inner);
    }

    public override Flow Execute(Frame frame, StringBuilder output)
    {
        _prologue!.Run(frame);
        var text = new StringBuilder();
        var flow = Run(body, frame, text);
        if (flow != Flow.Next) return flow;
        captured.Set(frame, text.ToString());
        Use(frame, result.Evaluate(frame), output);
        return Flow.Next;
    }

    protected abstract void Use(Frame frame, object value, StringBuilder output);
}

/// <summary><c>{% set a %} … {% endset %}</c></summary>
internal sealed class AssignBlock(Target target, CapturedText captured, Expression result, Statement[] body, int line)
    : CapturingStatement(captured, result, body, line)
{
    public override void Declare(Scope scope) => target.Declare(scope);

    public override void Bind(Scope scope)
    {
        BindBody(scope);
        target.Bind(scope);
    }

    protected override void Use(Frame frame, object value, StringBuilder output) => target.Assign(frame, value);
}

/// <summary><c>{% filter upper %} … {% endfilter %}</c></summary>
internal sealed class FilterBlock(CapturedText captured, Expression result, Statement[] body, int line)
    : CapturingStatement(captured, result, body, line)
{
    public override void Declare(Scope scope) => Result.Declare(scope);

    public override void Bind(Scope scope) => BindBody(scope);

    protected override void Use(Frame frame, object value, StringBuilder output) => frame.Context.Write(output, Text.Str(frame.Context, value));
}
