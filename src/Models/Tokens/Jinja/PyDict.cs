using System.Numerics;

namespace Models.Tokens.Jinja;

/// <summary>A dict of Python: keys in the order of their insertion; 1, 1.0 and True are the same key. Filled once, then unchanged.</summary>
internal sealed class PyDict(int capacity = 0)
{
    private readonly OrderedDictionary<object, object> _items = new(capacity, KeyComparer.Instance);

    public int Count => _items.Count;

    public IReadOnlyList<KeyValuePair<object, object>> Items => _items;

    public static PyDict FromNamed(RenderContext context, IReadOnlyList<KeyValuePair<string, object>> items)
    {
        var dict = new PyDict(items.Count);
        foreach (var (key, value) in items) dict.Set(context, key, value);
        return dict;
    }

    /// <summary>Sets an item while the dict is built.</summary>
    public void Set(RenderContext context, object key, object value)
    {
        context.ChargeItems(1);
        CheckKey(context, key);
        _items[key] = value;
    }

    /// <summary>Sets an item of JSON.</summary>
    public void Set(string key, object value) => _items[key] = value;

    public object? Find(RenderContext context, object key)
    {
        CheckKey(context, key);
        return _items.GetValueOrDefault(key);
    }

    public object? Find(string key) => _items.GetValueOrDefault(key);

    /// <summary>Fails for what Python cannot hash, and for tuples, which this subset does not take as keys.</summary>
    public static void CheckKey(RenderContext context, object key)
    {
        if (key is string text) context.ChargeScan(text.Length);
        else if (!IsHashable(key)) throw context.Error($"a value of type {Values.TypeName(key)} cannot be a key.");
    }

    public static bool IsHashable(object key) => key is string or bool or long or BigInteger or double or None or Undefined;

    /// <summary>Equality of keys.</summary>
    internal sealed class KeyComparer : IEqualityComparer<object>
    {
        public static readonly KeyComparer Instance = new();

        public new bool Equals(object? x, object? y) => x is string text
            ? y is string other && text == other
            : ReferenceEquals(x, y) || (x is Undefined && y is Undefined) || (PyNumbers.IsNumber(x!) && PyNumbers.IsNumber(y!) && PyNumbers.AreEqual(x!, y!));

        public int GetHashCode(object key) => key switch
        {
            string text => text.GetHashCode(),
            bool value => HashCode.Combine(value ? 1L : 0L),
            long value => HashCode.Combine(value),
            double value when Math.Floor(value) == value && Math.Abs(value) < 9e18 => HashCode.Combine((long)value),
            double value => HashCode.Combine(value),
            BigInteger value => HashCode.Combine((double)value),
            _ => 0,
        };
    }
}

internal enum DictPart { Keys, Values, Items }

/// <summary>What <c>keys()</c>, <c>values()</c> and <c>items()</c> give: it can be counted, iterated and searched, and has no subscripts.</summary>
internal sealed record DictView(PyDict Dict, DictPart Part)
{
    public IEnumerable<object> Items
    {
        get
        {
            foreach (var (key, value) in Dict.Items)
                yield return Part switch { DictPart.Keys => key, DictPart.Values => value, _ => new PyTuple([key, value]) };
        }
    }
}
