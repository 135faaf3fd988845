namespace Models.Tokens.Jinja;

/// <summary>The filters about collections.</summary>
internal static class SequenceFilters
{
    public static object List(RenderContext context, object value, CallArguments arguments)
    {
        arguments.BindPositional(context, "list", 0, 0);
        return new PyList(Values.ToArray(context, value));
    }

    public static object Items(RenderContext context, object value, CallArguments arguments)
    {
        arguments.BindPositional(context, "items", 0, 0);
        return new PyGenerator(value switch
        {
            Undefined => [],
            PyDict dict => new DictView(dict, DictPart.Items).Items,
            _ => Fail(context, value),
        });

        static IEnumerable<object> Fail(RenderContext context, object value)
        {
            yield return value is PyDict ? value : throw context.Error($"'items' needs a mapping, not a value of type {Values.TypeName(value)}.");
        }
    }

    public static object First(RenderContext context, object value, CallArguments arguments)
    {
        arguments.BindPositional(context, "first", 0, 0);
        var items = Values.Iterate(context, value);
        return items.MoveNext() ? items.Current : new Undefined { Hint = "there is no first item, the sequence is empty" };
    }

    public static object Last(RenderContext context, object value, CallArguments arguments)
    {
        arguments.BindPositional(context, "last", 0, 0);
        var last = value switch
        {
            PySequence sequence => sequence.Count > 0 ? sequence[sequence.Count - 1] : null,
            string text => PyText.At(context, text, -1),
            PyDict dict => dict.Count > 0 ? dict.Items[^1].Key : null,
            DictView view => view.Items.LastOrDefault(),
            Undefined => null,
            _ => throw context.Error($"'last' does not take a value of type {Values.TypeName(value)}."),
        };
        return last ?? new Undefined { Hint = "there is no last item, the sequence is empty" };
    }

    public static object Reverse(RenderContext context, object value, CallArguments arguments)
    {
        arguments.BindPositional(context, "reverse", 0, 0);
        if (value is string text) return Slicing.Slice(context, text, null, null, Values.Int(-1));
        var items = Values.ToArray(context, value);
        return new PyGenerator(Enumerable.Range(1, items.Length).Select(at => items[^at]));
    }

    public static object Join(RenderContext context, object value, CallArguments arguments)
    {
        var given = arguments.Bind(context, "join", 0, "d", "attribute");
        List<string> texts = [];
        var items = Values.Iterate(context, value);
        while (items.MoveNext())
        {
            context.ChargeItems(1);
            var item = given[1] is null or None ? items.Current : Attributes.GetPath(context, items.Current, given[1]!);
            texts.Add(Text.Str(context, item));
        }
        return StringMethods.Join(context, given[0] is null ? "" : Text.Str(context, given[0]!), texts);
    }

    public static object Sum(RenderContext context, object value, CallArguments arguments)
    {
        var given = arguments.Bind(context, "sum", 0, "attribute", "start");
        var total = given[1] ?? Values.Int(0);
        if (total is string) throw context.Error("'sum' does not take strings.");
        var items = Values.Iterate(context, value);
        while (items.MoveNext())
        {
            var item = given[0] is null or None ? items.Current : Attributes.GetPath(context, items.Current, given[0]!);
            context.Step();
            total = Arithmetic.Apply(context, "+", total, item);
        }
        return total;
    }

    public static object Min(RenderContext context, object value, CallArguments arguments) => Extreme(context, value, arguments, "min", -1);

    public static object Max(RenderContext context, object value, CallArguments arguments) => Extreme(context, value, arguments, "max", 1);

    public static object Sort(RenderContext context, object value, CallArguments arguments)
    {
        var given = arguments.Bind(context, "sort", 0, "reverse", "case_sensitive", "attribute");
        var items = Values.ToArray(context, value);
        object[] paths = given[2] is string text ? text.Split(',') : [given[2] ?? None.Value];
        return new PyList(Sorting.Sort(context, items, Key, IsSet(given[0])));

        object Key(object item) => new PyList(Array.ConvertAll(paths, path => KeyOf(context, item, path, IsSet(given[1]))));
    }

    public static object DictSort(RenderContext context, object value, CallArguments arguments)
    {
        var given = arguments.Bind(context, "dictsort", 0, "case_sensitive", "by", "reverse");
        var part = given[1] switch
        {
            null or "key" => 0,
            "value" => 1,
            _ => throw context.Error("'dictsort' sorts by 'key' or by 'value'."),
        };
        if (value is Undefined undefined) throw undefined.Failure(context);
        if (value is not PyDict dict) throw context.Error($"'dictsort' needs a mapping, not a value of type {Values.TypeName(value)}.");
        object[] items = [.. new DictView(dict, DictPart.Items).Items];
        return new PyList(Sorting.Sort(context, items, item => KeyOf(context, ((PyTuple)item)[part], None.Value, IsSet(given[0])), IsSet(given[2])));
    }

    public static object Unique(RenderContext context, object value, CallArguments arguments)
    {
        var given = arguments.Bind(context, "unique", 0, "case_sensitive", "attribute");
        return new PyGenerator(Distinct());

        IEnumerable<object> Distinct()
        {
            var seen = new HashSet<object>(PyDict.KeyComparer.Instance);
            var items = Values.Iterate(context, value);
            while (items.MoveNext())
            {
                context.ChargeItems(1);
                var item = items.Current;
                var key = KeyOf(context, item, given[1] ?? None.Value, IsSet(given[0]));
                PyDict.CheckKey(context, key);
                if (seen.Add(key)) yield return item;
            }
        }
    }

    public static object Batch(RenderContext context, object value, CallArguments arguments)
    {
        var given = arguments.Bind(context, "batch", 1, "linecount", "fill_with");
        var size = StringMethods.IntegerArgument(context, given[0]!, "batch");
        return new PyGenerator(Lines());

        IEnumerable<object> Lines()
        {
            List<object> line = [];
            var items = Values.Iterate(context, value);
            while (items.MoveNext())
            {
                context.ChargeItems(1);
                if (line.Count == size)
                {
                    yield return new PyList([.. line]);
                    line.Clear();
                }
                line.Add(items.Current);
            }
            if (line.Count == 0) yield break;
            if (given[1] is not (null or None))
            {
                context.ChargeItems(Math.Max(0, size - line.Count));
                while (line.Count < size) line.Add(given[1]!);
            }
            yield return new PyList([.. line]);
        }
    }

    private static object Extreme(RenderContext context, object value, CallArguments arguments, string name, int sign)
    {
        var given = arguments.Bind(context, name, 0, "case_sensitive", "attribute");
        object? best = null, bestKey = null;
        var items = Values.Iterate(context, value);
        while (items.MoveNext())
        {
            var key = KeyOf(context, items.Current, given[1] ?? None.Value, IsSet(given[0]));
            if (bestKey is not null && !(Comparisons.Order(context, key, bestKey) * sign > 0)) continue;
            (best, bestKey) = (items.Current, key);
        }
        return best ?? new Undefined { Hint = $"there is no {name}, the sequence is empty" };
    }

    /// <summary>What an item is compared by: an attribute or itself, strings without their case unless that counts.</summary>
    private static object KeyOf(RenderContext context, object item, object path, bool caseSensitive)
    {
        var key = path is None ? item : Attributes.GetPath(context, item, path);
        return key is string text && !caseSensitive ? context.Produced(Casing.Lower(text)) : key;
    }

    private static bool IsSet(object? flag) => flag is not null && Values.IsTrue(flag);
}
