using System.Collections.Frozen;

namespace Models.Tokens.Jinja;

/// <summary>
/// <c>value.name</c> and <c>value[key]</c>. As in Jinja2, the first prefers what Python knows as an attribute (a dict's <c>items</c> is its method),
/// the second prefers the item, and both fall back on the other.
/// </summary>
internal static class Attributes
{
    public static object GetAttribute(RenderContext context, object value, string name) =>
        FindAttribute(context, value, name) ?? (value as PyDict)?.Find(name) ?? new Undefined(name, value);

    public static object GetItem(RenderContext context, object value, object key)
    {
        if (value is Undefined undefined) throw undefined.Failure(context);
        var item = value switch
        {
            PyDict dict when PyDict.IsHashable(key) => dict.Find(context, key),
            PySequence sequence when key is long or bool => ItemAt(sequence, PyNumbers.ToLong(key)),
            string text when key is long or bool => PyText.At(context, text, PyNumbers.ToLong(key)),
            _ => null,
        };
        if (item is not null) return item;
        return (key is string name ? FindAttribute(context, value, name) : null) ?? new Undefined(Text.Str(context, key), value);
    }

    /// <summary>An attribute by a path such as <c>function.parameters.0</c>; what is undefined on the way is <paramref name="otherwise"/> instead.</summary>
    public static object GetPath(RenderContext context, object value, object path, object? otherwise = null)
    {
        if (path is None) return value;
        var parts = path is string text ? Array.ConvertAll<string, object>(text.Split('.'), Part) : [path];
        foreach (var part in parts)
        {
            context.Step();
            value = GetItem(context, value, part);
            if (value is Undefined && otherwise is not null) value = otherwise;
        }
        return value;
    }

    private static object Part(string text) => text.Length > 0 && text.All(char.IsAsciiDigit) && long.TryParse(text, out var index) ? Values.Int(index) : text;

    private static object? FindAttribute(RenderContext context, object value, string name) => value switch
    {
        PyDict dict => FindMethod(dict, name, DictMethods.All, DictMethods.Unsafe),
        string text => FindMethod(text, name, StringMethods.All, StringMethods.Unsupported),
        PyNamespace names => names.Attributes.Find(name),
        LoopContext loop => loop.GetAttribute(name),
        PySequence sequence => FindMethod(sequence, name, SequenceMethods.All, sequence is PyList ? SequenceMethods.Unsafe : SequenceMethods.None),
        Undefined undefined => throw undefined.Failure(context),
        _ => null,
    };

    private static object? FindMethod<T>(T value, string name, FrozenDictionary<string, Method<T>> methods, FrozenSet<string> forbidden)
    {
        if (methods.TryGetValue(name, out var method)) return new BoundMethod<T>(name, value, method);
        return forbidden.Contains(name) ? new Undefined(name) { Hint = $"the method '{name}' changes its value or is unknown here; templates may not use it" } : null;
    }

    private static object? ItemAt(PySequence sequence, long index)
    {
        if (index < 0) index += sequence.Count;
        return index >= 0 && index < sequence.Count ? sequence[(int)index] : null;
    }
}
