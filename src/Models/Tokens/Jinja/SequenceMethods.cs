using System.Collections.Frozen;

namespace Models.Tokens.Jinja;

/// <summary>The methods of lists, tuples and ranges that only read.</summary>
internal static class SequenceMethods
{
    public static readonly FrozenDictionary<string, Method<PySequence>> All = new Dictionary<string, Method<PySequence>>
    {
        ["index"] = Index,
        ["count"] = Count,
        ["copy"] = (context, self, arguments) =>
        {
            arguments.BindPositional(context, "copy", 0, 0);
            return self;
        },
    }.ToFrozenDictionary();

    /// <summary>What the immutable sandbox hides of a list.</summary>
    public static readonly FrozenSet<string> Unsafe = FrozenSet.Create("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

    public static readonly FrozenSet<string> None = [];

    private static object Index(RenderContext context, PySequence self, CallArguments arguments)
    {
        var item = arguments.BindPositional(context, "index", 1, 1)[0];
        var at = Comparisons.Find(context, self, item);
        return at >= 0 ? Values.Int(at) : throw context.Error("the list has no such item.");
    }

    private static object Count(RenderContext context, PySequence self, CallArguments arguments)
    {
        var item = arguments.BindPositional(context, "count", 1, 1)[0];
        return Values.Int(self.Items.Count(other => Comparisons.AreEqual(context, other, item)));
    }
}
