namespace Models.Tokens.Jinja;

/// <summary>The filters that apply a filter or a test to each item; lazily, as in Jinja2.</summary>
internal static class SelectionFilters
{
    public static object Map(RenderContext context, object value, CallArguments arguments)
    {
        if (arguments.Positional.Length == 0 && arguments.Named.Any(argument => argument.Key == "attribute"))
        {
            var given = arguments.Bind(context, "map", 0, "attribute", "default");
            var otherwise = given[1] is None ? null : given[1];
            return new PyGenerator(Each(context, value, item => Attributes.GetPath(context, item, given[0]!, otherwise)));
        }
        if (arguments.Positional.Length == 0) throw context.Error("'map' needs the name of a filter or an attribute.");
        var filter = Find(context, Filters.All, arguments.Positional[0], "filter");
        var rest = new CallArguments(arguments.Positional[1..], arguments.Named);
        return new PyGenerator(Each(context, value, item => filter(context, item, rest)));
    }

    public static Filter Choose(string name, bool byAttribute, bool keep) => (context, value, arguments) =>
    {
        var at = byAttribute ? 1 : 0;
        var positional = arguments.Positional;
        if (positional.Length < at) throw context.Error($"'{name}' needs the name of an attribute.");
        var test = positional.Length > at ? Find(context, Tests.All, positional[at], "test") : null;
        var rest = test is null ? CallArguments.Empty : new(positional[(at + 1)..], arguments.Named);
        return new PyGenerator(Chosen());

        IEnumerable<object> Chosen()
        {
            // A false value has no items, whatever its type.
            if (!Values.IsTrue(value)) yield break;
            foreach (var item in Each(context, value, static item => item))
            {
                var tested = byAttribute ? Attributes.GetPath(context, item, positional[0]) : item;
                if ((test?.Invoke(context, tested, rest) ?? Values.IsTrue(tested)) == keep) yield return item;
            }
        }
    };

    private static IEnumerable<object> Each(RenderContext context, object value, Func<object, object> convert)
    {
        if (!Values.IsTrue(value)) yield break;
        var items = Values.Iterate(context, value);
        while (items.MoveNext())
        {
            context.Step();
            yield return convert(items.Current);
        }
    }

    private static T Find<T>(RenderContext context, IReadOnlyDictionary<string, T> all, object name, string what) where T : class =>
        name is string text && all.TryGetValue(text, out var found) ? found : throw context.Error($"the {what} '{Text.Str(context, name)}' is not supported.");
}
