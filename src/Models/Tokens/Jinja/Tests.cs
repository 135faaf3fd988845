using System.Collections.Frozen;
using System.Numerics;

namespace Models.Tokens.Jinja;

/// <summary>A test, as in <c>value is divisibleby 3</c>.</summary>
internal delegate bool Test(RenderContext context, object value, CallArguments arguments);

/// <summary>The tests of Jinja2.</summary>
internal static class Tests
{
    public static readonly FrozenDictionary<string, Test> All = Create().ToFrozenDictionary();

    private static Dictionary<string, Test> Create()
    {
        Dictionary<string, Test> tests = new()
        {
            ["defined"] = Plain(static value => value is not Undefined),
            ["undefined"] = Plain(static value => value is Undefined),
            ["none"] = Plain(static value => value is None),
            ["boolean"] = Plain(static value => value is bool),
            ["true"] = Plain(static value => value is true),
            ["false"] = Plain(static value => value is false),
            ["integer"] = Plain(static value => value is long or BigInteger),
            ["float"] = Plain(static value => value is double),
            ["number"] = Plain(PyNumbers.IsNumber),
            ["string"] = Plain(static value => value is string),
            ["mapping"] = Plain(static value => value is PyDict),
            ["sequence"] = Plain(static value => value is string or PySequence or PyDict or Undefined),
            ["iterable"] = Plain(static value => value is string or PySequence or PyDict or DictView or PyGenerator or LoopContext or Undefined),
            ["callable"] = Plain(static value => value is Callable or LoopContext or Undefined),
            // Nothing here is HTML that has been escaped.
            ["escaped"] = Plain(static _ => false),
            ["lower"] = static (context, value, arguments) => Casing.IsLower(TextOf(context, value, arguments)),
            ["upper"] = static (context, value, arguments) => Casing.IsUpper(TextOf(context, value, arguments)),
            ["filter"] = static (context, value, arguments) => Filters.All.ContainsKey(TextOf(context, value, arguments)),
            ["test"] = static (context, value, arguments) => All!.ContainsKey(TextOf(context, value, arguments)),
            ["odd"] = static (context, value, arguments) => IsRemainder(context, value, arguments, 2L, 1),
            ["even"] = static (context, value, arguments) => IsRemainder(context, value, arguments, 2L, 0),
            ["divisibleby"] = static (context, value, arguments) =>
                IsRemainder(context, value, CallArguments.Empty, arguments.Bind(context, "divisibleby", 1, "num")[0]!, 0),
            ["sameas"] = static (context, value, arguments) => IsSame(value, arguments.Bind(context, "sameas", 1, "other")[0]!),
            ["in"] = static (context, value, arguments) => Comparisons.Contains(context, arguments.Bind(context, "in", 1, "seq")[0]!, value),
        };
        AddComparison(Comparison.Equal, "eq", "==", "equalto");
        AddComparison(Comparison.NotEqual, "ne", "!=");
        AddComparison(Comparison.Less, "lt", "<", "lessthan");
        AddComparison(Comparison.LessOrEqual, "le", "<=");
        AddComparison(Comparison.Greater, "gt", ">", "greaterthan");
        AddComparison(Comparison.GreaterOrEqual, "ge", ">=");
        return tests;

        void AddComparison(Comparison comparison, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
                tests[name] = (context, value, arguments) => Comparisons.Holds(context, comparison, value, arguments.BindPositional(context, name, 1, 1)[0]);
        }
    }

    private static Test Plain(Func<object, bool> test) => (context, value, arguments) =>
    {
        arguments.BindPositional(context, "is", 0, 0);
        return test(value);
    };

    private static string TextOf(RenderContext context, object value, CallArguments arguments)
    {
        arguments.BindPositional(context, "is", 0, 0);
        return Text.Str(context, value);
    }

    private static bool IsRemainder(RenderContext context, object value, CallArguments arguments, object divisor, long remainder)
    {
        arguments.BindPositional(context, "is", 0, 0);
        return Comparisons.AreEqual(context, Arithmetic.Apply(context, "%", value, divisor), Values.Int(remainder));
    }

    private static bool IsSame(object value, object other) => (value, other) switch
    {
        (bool a, bool b) => a == b,
        (long a, long b) => a == b,
        (string a, string b) => a == b,
        _ => ReferenceEquals(value, other),
    };
}
