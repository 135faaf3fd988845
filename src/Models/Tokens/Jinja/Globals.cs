using System.Collections.Frozen;
using System.Numerics;

namespace Models.Tokens.Jinja;

/// <summary>The functions every template finds.</summary>
internal static class Globals
{
    // The bound of Jinja2's sandbox.
    private const int MaxRange = 100_000;

    public static readonly FrozenDictionary<string, Function> All = new Function[]
    {
        new("range", Range),
        new("dict", static (context, arguments) => Dict(context, "dict", arguments)),
        new("namespace", static (context, arguments) => new PyNamespace(Dict(context, "namespace", arguments))),
        new("joiner", Joiner),
        new("raise_exception", Raise),
        new("strftime_now", FormatNow),
    }.ToFrozenDictionary(function => function.Name);

    private static PyRange Range(RenderContext context, CallArguments arguments)
    {
        var given = arguments.BindPositional(context, "range", 1, 3);
        var bounds = Array.ConvertAll(given, value => value is long or bool
            ? PyNumbers.ToLong(value)
            : throw context.Error($"'range' needs integers, not a value of type {Values.TypeName(value)}."));
        var (start, stop, step) = (bounds.Length > 1 ? bounds[0] : 0, bounds.Length > 1 ? bounds[1] : bounds[0], bounds.Length > 2 ? bounds[2] : 1);
        if (step == 0) throw context.Error("the step of 'range' cannot be zero.");
        var distance = step > 0 ? (BigInteger)stop - start : (BigInteger)start - stop;
        var count = distance.Sign <= 0 ? 0 : (distance - 1) / BigInteger.Abs(step) + 1;
        if (count > MaxRange) throw context.Error($"a range of more than {MaxRange} items is not allowed.");
        return new PyRange(start, stop, step, (int)count);
    }

    private static PyDict Dict(RenderContext context, string function, CallArguments arguments)
    {
        if (arguments.Positional.Length > 1) throw context.Error($"'{function}' takes at most 1 argument.");
        var dict = new PyDict();
        if (arguments.Positional is [var given])
        {
            if (given is PyDict other)
            {
                foreach (var (key, value) in other.Items) dict.Set(context, key, value);
            }
            else
            {
                foreach (var pair in Values.Drain(context, Values.Iterate(context, given)))
                {
                    if (Values.ToArray(context, pair) is not [var key, var value]) throw context.Error($"'{function}' needs a mapping or pairs.");
                    dict.Set(context, key, value);
                }
            }
        }
        foreach (var (key, value) in arguments.Named) dict.Set(context, key, value);
        return dict;
    }

    private static Function Joiner(RenderContext context, CallArguments arguments)
    {
        var separator = Text.Str(context, arguments.Bind(context, "joiner", 0, "sep")[0] ?? ", ");
        var used = false;
        return new Function("joiner", (caller, none) =>
        {
            none.BindPositional(caller, "joiner", 0, 0);
            if (used) return separator;
            used = true;
            return "";
        });
    }

    private static object Raise(RenderContext context, CallArguments arguments)
    {
        var message = Text.Str(context, arguments.Bind(context, "raise_exception", 1, "message")[0]!);
        throw new TemplateException($"The model's chat template refuses this conversation: {message}");
    }

    private static string FormatNow(RenderContext context, CallArguments arguments)
    {
        var format = arguments.Bind(context, "strftime_now", 1, "format")[0] as string ?? throw context.Error("'strftime_now' needs a string.");
        return Strftime.Format(context, format, context.Now);
    }
}
