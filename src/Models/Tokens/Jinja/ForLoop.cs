using System.Text;

namespace Models.Tokens.Jinja;

/// <summary><c>{% for x in … if … %} … {% else %} … {% endfor %}</c></summary>
internal sealed class ForLoop(Target target, Expression items, Expression? test, Statement[] body, Statement[] otherwise, int line) : Statement(line)
{
    // The filter of a loop is a function of its own in Jinja2: it runs ahead of the body when the body asks for loop.last.
    private readonly Target _testTarget = target.Copy();
    private Reference _loop;
    private Prologue? _bodyPrologue;
    private Prologue? _testPrologue;
    private Prologue? _otherwisePrologue;

    public override void Declare(Scope scope) => items.Declare(scope);

    public override void Bind(Scope scope)
    {
        items.Bind(scope);

        var inner = scope.Inner();
        _loop = inner.DeclareGiven("loop");
        target.DeclareGiven(inner);
        body.DeclareAll(inner);
        _bodyPrologue = inner.CreatePrologue();
        target.Bind(inner);
        body.BindAll(inner);

        if (test is not null)
        {
            var testScope = scope.Inner();
            _testTarget.DeclareGiven(testScope);
            test.Declare(testScope);
            _testPrologue = testScope.CreatePrologue();
            _testTarget.Bind(testScope);
            test.Bind(testScope);
        }

        var otherwiseScope = scope.Inner();
        otherwise.DeclareAll(otherwiseScope);
        _otherwisePrologue = otherwiseScope.CreatePrologue();
        otherwise.BindAll(otherwiseScope);
    }

    public override Flow Execute(Frame frame, StringBuilder output)
    {
        var context = frame.Context;
        var source = items.Evaluate(frame);
        var sequence = Values.Iterate(context, source);
        var loop = test is null
            ? new LoopContext(context, sequence, Values.TryGetLength(context, source))
            : new LoopContext(context, Filtered(frame, sequence), null);
        // Jinja2 notes that the loop ran at the end of its body, which 'break' and 'continue' leave out.
        var completed = false;
        while (loop.MoveNext())
        {
            target.Assign(frame, loop.Current);
            frame.Write(_loop, loop);
            _bodyPrologue!.Run(frame);
            var flow = Run(body, frame, output);
            if (flow == Flow.Break) break;
            completed |= flow == Flow.Next;
        }
        if (completed || otherwise.Length == 0) return Flow.Next;
        _otherwisePrologue!.Run(frame);
        return Run(otherwise, frame, output);
    }

    private IEnumerator<object> Filtered(Frame frame, IEnumerator<object> source)
    {
        _testPrologue!.Run(frame);
        while (source.MoveNext())
        {
            frame.Context.Step();
            _testTarget.Assign(frame, source.Current);
            if (Values.IsTrue(test!.Evaluate(frame))) yield return source.Current;
        }
    }
}
