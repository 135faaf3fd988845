using System.Collections.Frozen;

namespace Models.Tokens.Jinja;

/// <summary>The methods of a dict that only read.</summary>
internal static class DictMethods
{
    public static readonly FrozenDictionary<string, Method<PyDict>> All = new Dictionary<string, Method<PyDict>>
    {
        ["items"] = View("items", DictPart.Items),
        ["keys"] = View("keys", DictPart.Keys),
        ["values"] = View("values", DictPart.Values),
        ["get"] = Get,
        ["copy"] = (context, self, arguments) =>
        {
            arguments.BindPositional(context, "copy", 0, 0);
            return self;
        },
    }.ToFrozenDictionary();

    /// <summary>What the immutable sandbox hides.</summary>
    public static readonly FrozenSet<string> Unsafe = FrozenSet.Create("clear", "pop", "popitem", "setdefault", "update", "fromkeys");

    private static Method<PyDict> View(string name, DictPart part) => (context, self, arguments) =>
    {
        arguments.BindPositional(context, name, 0, 0);
        return new DictView(self, part);
    };

    private static object Get(RenderContext context, PyDict self, CallArguments arguments)
    {
        var given = arguments.BindPositional(context, "get", 1, 2);
        return self.Find(context, given[0]) ?? (given.Length > 1 ? given[1] : None.Value);
    }
}
