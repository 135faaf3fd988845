using System.Collections.Frozen;

namespace Models.Tokens.Jinja;

/// <summary>The methods of a dict that only read.</summary>
internal static class DictMethods
{
    public static readonly FrozenDictionary<string, Method<PyDict>> All = new Dictionary<string, Method<PyDict>>
    {
        ["items"] = (context, self, arguments) => View(context, self, arguments, DictPart.Items),
        ["keys"] = (context, self, arguments) => View(context, self, arguments, DictPart.Keys),
        ["values"] = (context, self, arguments) => View(context, self, arguments, DictPart.Values),
        ["get"] = Get,
        ["copy"] = (context, self, arguments) =>
        {
            arguments.BindPositional(context, "copy", 0, 0);
            return self;
        },
    }.ToFrozenDictionary();

    /// <summary>What the immutable sandbox hides.</summary>
    public static readonly FrozenSet<string> Unsafe = FrozenSet.Create("clear", "pop", "popitem", "setdefault", "update", "fromkeys");

    private static DictView View(RenderContext context, PyDict self, CallArguments arguments, DictPart part)
    {
        arguments.BindPositional(context, $"{part}", 0, 0);
        return new(self, part);
    }

    private static object Get(RenderContext context, PyDict self, CallArguments arguments)
    {
        var given = arguments.BindPositional(context, "get", 1, 2);
        return self.Find(context, given[0]) ?? (given.Length > 1 ? given[1] : None.Value);
    }
}
