using System.Numerics;

namespace Models.Tokens.Jinja;

/// <summary>
/// The values of a template are Python's: <see cref="string"/>, <see cref="bool"/>, <see cref="long"/> and <see cref="BigInteger"/> for int,
/// <see cref="double"/> for float, <see cref="None"/>, <see cref="PySequence"/>, <see cref="PyDict"/> and a few more.
/// </summary>
internal static class Values
{
    public static readonly object True = true;
    public static readonly object False = false;

    private static readonly object[] SmallInts = [.. Enumerable.Range(-16, 272).Select(value => (object)(long)value)];

    public static object Bool(bool value) => value ? True : False;

    public static object Int(long value) => value is >= -16 and < 256 ? SmallInts[value + 16] : value;

    public static bool IsTrue(object value) => value switch
    {
        bool boolean => boolean,
        string text => text.Length > 0,
        None or Undefined => false,
        long integer => integer != 0,
        double number => number != 0,
        BigInteger => true,
        PySequence sequence => sequence.Count > 0,
        PyDict dict => dict.Count > 0,
        DictView view => view.Dict.Count > 0,
        _ => true,
    };

    /// <summary>Python's name of the type.</summary>
    public static string TypeName(object value) => value switch
    {
        string => "str",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        None => "None",
        Undefined => "undefined",
        PyList => "list",
        PyTuple => "tuple",
        PyRange => "range",
        PyDict => "dict",
        DictView view => $"dict_{view.Part.ToString().ToLowerInvariant()}",
        PyNamespace => "namespace",
        PyGenerator => "generator",
        Macro => "macro",
        LoopContext => "loop",
        _ => "function",
    };

    /// <summary>The items of a value, or null where it has none.</summary>
    public static IEnumerator<object>? TryIterate(RenderContext context, object value) => value switch
    {
        string text => PyText.Characters(context, text).GetEnumerator(),
        PySequence sequence => sequence.Items.GetEnumerator(),
        PyDict dict => dict.Items.Select(item => item.Key).GetEnumerator(),
        DictView view => view.Items.GetEnumerator(),
        PyGenerator generator => generator.Rest,
        Undefined => Enumerable.Empty<object>().GetEnumerator(),
        _ => null,
    };

    public static IEnumerator<object> Iterate(RenderContext context, object value) =>
        TryIterate(context, value) ?? throw context.Error($"a value of type {TypeName(value)} has no items to go through.");

    /// <summary>The items of a value as an array, which must not be changed.</summary>
    public static object[] ToArray(RenderContext context, object value)
    {
        if (value is PyList list) return list.ToArray();
        if (value is PyTuple tuple) return tuple.ToArray();
        return [.. Drain(context, Iterate(context, value))];
    }

    /// <summary>The rest of an iteration.</summary>
    public static List<object> Drain(RenderContext context, IEnumerator<object> items)
    {
        List<object> drained = [];
        while (items.MoveNext())
        {
            context.ChargeItems(1);
            drained.Add(items.Current);
        }
        return drained;
    }

    /// <summary>Python's <c>len</c>, or null where a value has none.</summary>
    public static int? TryGetLength(RenderContext context, object value) => value switch
    {
        string text => PyText.Length(context, text),
        PySequence sequence => sequence.Count,
        PyDict dict => dict.Count,
        DictView view => view.Dict.Count,
        LoopContext loop => loop.Length,
        Undefined => 0,
        _ => null,
    };
}
