using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>How a statement ended.</summary>
internal enum Flow { Next, Break, Continue }

/// <summary>A statement of a compiled template. Immutable once <see cref="Bind"/> has run.</summary>
internal abstract class Statement(int line)
{
    protected int Line => line;

    /// <summary>Declares the names this statement reads and sets in the scope it stands in (see <see cref="Scope"/>).</summary>
    public abstract void Declare(Scope scope);

    /// <summary>Resolves names to slots, and builds the scopes inside this statement.</summary>
    public abstract void Bind(Scope scope);

    public abstract Flow Execute(Frame frame, StringBuilder output);

    public static Flow Run(Statement[] body, Frame frame, StringBuilder output)
    {
        foreach (var statement in body)
        {
            frame.Context.Enter(statement.Line);
            var flow = statement.Execute(frame, output);
            if (flow != Flow.Next) return flow;
        }
        return Flow.Next;
    }
}

internal static class StatementExtensions
{
    public static void DeclareAll(this Statement[] body, Scope scope)
    {
        foreach (var statement in body) statement.Declare(scope);
    }

    public static void BindAll(this Statement[] body, Scope scope)
    {
        foreach (var statement in body) statement.Bind(scope);
    }
}

/// <summary>Text outside tags.</summary>
internal sealed class Data(string text, int line) : Statement(line)
{
    public override void Declare(Scope scope) { }

    public override void Bind(Scope scope) { }

    public override Flow Execute(Frame frame, StringBuilder output)
    {
        frame.Context.Write(output, text);
        return Flow.Next;
    }
}

/// <summary><c>{{ … }}</c></summary>
internal sealed class Print(Expression value, int line) : Statement(line)
{
    public override void Declare(Scope scope) => value.Declare(scope);

    public override void Bind(Scope scope) => value.Bind(scope);

    public override Flow Execute(Frame frame, StringBuilder output)
    {
        frame.Context.Write(output, Text.Str(frame.Context, value.Evaluate(frame)));
        return Flow.Next;
    }
}

/// <summary><c>{% break %}</c> and <c>{% continue %}</c></summary>
internal sealed class Jump(Flow flow, int line) : Statement(line)
{
    public override void Declare(Scope scope) { }

    public override void Bind(Scope scope) { }

    public override Flow Execute(Frame frame, StringBuilder output) => flow;
}

/// <summary><c>{% if %} … {% elif %} … {% else %} … {% endif %}</c></summary>
internal sealed class If((Expression Test, Statement[] Body)[] branches, Statement[] otherwise, int line) : Statement(line)
{
    public override void Declare(Scope scope)
    {
        var (test, body) = branches[0];
        var (first, middle, last) = (scope.Branch(), scope.Branch(), scope.Branch());
        test.Declare(scope);
        body.DeclareAll(first);
        foreach (var (elifTest, elifBody) in branches.AsSpan(1))
        {
            elifTest.Declare(middle);
            var inner = middle.Branch();
            elifBody.DeclareAll(inner);
            middle.Merge(inner);
        }
        otherwise.DeclareAll(last);
        scope.Merge(first, middle, last);
    }

    public override void Bind(Scope scope)
    {
        foreach (var (test, body) in branches)
        {
            test.Bind(scope);
            body.BindAll(scope);
        }
        otherwise.BindAll(scope);
    }

    public override Flow Execute(Frame frame, StringBuilder output)
    {
        foreach (var (test, body) in branches)
        {
            if (Values.IsTrue(test.Evaluate(frame))) return Run(body, frame, output);
        }
        return Run(otherwise, frame, output);
    }
}

/// <summary><c>{% with a = 1 %} … {% endwith %}</c></summary>
internal sealed class With((Target Target, Expression Value)[] variables, Statement[] body, int line) : Statement(line)
{
    private Prologue? _prologue;

    public override void Declare(Scope scope)
    {
        foreach (var (_, value) in variables) value.Declare(scope);
    }

    public override void Bind(Scope scope)
    {
        var inner = scope.Inner();
        foreach (var (target, _) in variables) target.DeclareGiven(inner);
        body.DeclareAll(inner);
        _prologue = inner.CreatePrologue();
        foreach (var (target, value) in variables)
        {
            target.Bind(inner);
            value.Bind(scope);
        }
        body.BindAll(inner);
    }

    public override Flow Execute(Frame frame, StringBuilder output)
    {
        _prologue!.Run(frame);
        foreach (var (target, value) in variables) target.Assign(frame, value.Evaluate(frame));
        return Run(body, frame, output);
    }
}
