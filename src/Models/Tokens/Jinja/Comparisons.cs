namespace Models.Tokens.Jinja;

/// <summary>Python's comparisons.</summary>
internal static class Comparisons
{
    public static bool Holds(RenderContext context, Comparison comparison, object left, object right) => comparison switch
    {
        Comparison.Equal => AreEqual(context, left, right),
        Comparison.NotEqual => !AreEqual(context, left, right),
        Comparison.In => Contains(context, right, left),
        Comparison.NotIn => !Contains(context, right, left),
        Comparison.Less => Order(context, left, right) < 0,
        Comparison.LessOrEqual => Order(context, left, right) <= 0,
        Comparison.Greater => Order(context, left, right) > 0,
        _ => Order(context, left, right) >= 0,
    };

    public static bool AreEqual(RenderContext context, object left, object right)
    {
        context.EnsureStack();
        context.Step();
        switch (left, right)
        {
            case (string a, string b):
                context.ChargeScan(Math.Min(a.Length, b.Length));
                return a == b;
            case (PyRange a, PyRange b):
                return a.Count == b.Count && (a.Count == 0 || (a.Start == b.Start && (a.Count == 1 || a.Step == b.Step)));
            case (PyList a, PyList b):
                return AreEqual(context, a, b);
            case (PyTuple a, PyTuple b):
                return AreEqual(context, a, b);
            case (PyDict a, PyDict b):
                return AreEqual(context, a, b);
            case (DictView a, DictView b):
                return a.Part == b.Part && (a.Part == DictPart.Values ? ReferenceEquals(a, b) : AreSameSet(context, a, b));
            case (Undefined, Undefined):
                return true;
            case (Callable, Callable):
                return ReferenceEquals(left, right);
        }
        return PyNumbers.IsNumber(left) && PyNumbers.IsNumber(right) ? PyNumbers.AreEqual(left, right) : ReferenceEquals(left, right);
    }

    /// <summary>The order of two values that have one, or null where a NaN is compared.</summary>
    public static int? Order(RenderContext context, object left, object right)
    {
        context.EnsureStack();
        context.Step();
        switch (left, right)
        {
            case (string a, string b):
                context.ChargeScan(Math.Min(a.Length, b.Length));
                return PyText.Compare(a, b);
            case (PyList a, PyList b):
                return Order(context, a, b);
            case (PyTuple a, PyTuple b):
                return Order(context, a, b);
            case (Undefined undefined, _):
                throw undefined.Failure(context);
            case (_, Undefined undefined):
                throw undefined.Failure(context);
        }
        if (PyNumbers.IsNumber(left) && PyNumbers.IsNumber(right)) return PyNumbers.Compare(left, right);
        throw context.Error($"values of type {Values.TypeName(left)} and {Values.TypeName(right)} have no order.");
    }

    public static bool Contains(RenderContext context, object container, object item)
    {
        switch (container)
        {
            case string text:
                if (item is Undefined undefined) throw undefined.Failure(context);
                if (item is not string part) throw context.Error($"a value of type {Values.TypeName(item)} cannot be in a string.");
                context.ChargeScan(text.Length + part.Length);
                return text.Contains(part, StringComparison.Ordinal);
            case PyDict dict:
                return dict.Find(context, item) is not null;
            case DictView { Part: DictPart.Keys } view:
                return view.Dict.Find(context, item) is not null;
            case PyRange range:
                return PyNumbers.IsNumber(item) && Find(context, range, item) >= 0;
            case PySequence sequence:
                return Find(context, sequence, item) >= 0;
            default:
                var items = Values.Iterate(context, container);
                while (items.MoveNext())
                {
                    if (AreEqual(context, items.Current, item)) return true;
                }
                return false;
        }
    }

    /// <summary>The index of an item, or -1.</summary>
    public static int Find(RenderContext context, PySequence sequence, object item)
    {
        for (var i = 0; i < sequence.Count; i++)
        {
            if (ReferenceEquals(sequence[i], item) || AreEqual(context, sequence[i], item)) return i;
        }
        return -1;
    }

    private static bool AreEqual(RenderContext context, PySequence left, PySequence right)
    {
        if (left.Count != right.Count) return false;
        for (var i = 0; i < left.Count; i++)
        {
            if (!ReferenceEquals(left[i], right[i]) && !AreEqual(context, left[i], right[i])) return false;
        }
        return true;
    }

    private static bool AreEqual(RenderContext context, PyDict left, PyDict right)
    {
        if (left.Count != right.Count) return false;
        foreach (var (key, value) in left.Items)
        {
            context.Step();
            if (right.Find(context, key) is not { } other) return false;
            if (!ReferenceEquals(value, other) && !AreEqual(context, value, other)) return false;
        }
        return true;
    }

    private static bool AreSameSet(RenderContext context, DictView left, DictView right) => left.Part == DictPart.Items
        ? AreEqual(context, left.Dict, right.Dict)
        : left.Dict.Count == right.Dict.Count && left.Dict.Items.All(item => right.Dict.Find(context, item.Key) is not null);

    private static int? Order(RenderContext context, PySequence left, PySequence right)
    {
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (!ReferenceEquals(left[i], right[i]) && !AreEqual(context, left[i], right[i])) return Order(context, left[i], right[i]);
        }
        return left.Count.CompareTo(right.Count);
    }
}
