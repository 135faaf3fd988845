using System.Globalization;
using System.Numerics;
using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>The filter <c>tojson</c> of transformers: Python's <c>json.dumps</c>, without the HTML escapes of Jinja2's own.</summary>
internal sealed class JsonWriter(RenderContext context, JsonWriter.Options options)
{
    internal readonly record struct Options(bool EnsureAscii, string? Indent, string ItemSeparator, string KeySeparator, bool SortKeys);

    private readonly StringBuilder _output = new();

    public static object ToJson(RenderContext context, object value, CallArguments arguments)
    {
        var given = arguments.Bind(context, "tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        var indent = given[1] switch
        {
            null or None => null,
            string text => text,
            long or bool => Spaces(context, PyNumbers.ToLong(given[1]!)),
            _ => throw context.Error("the argument 'indent' of 'tojson' must be a number or a string."),
        };
        var (item, key) = (indent is null ? ", " : ",", ": ");
        if (given[2] is not (null or None))
        {
            if (Values.ToArray(context, given[2]!) is not [string itemText, string keyText])
                throw context.Error("the argument 'separators' of 'tojson' must be two strings.");
            (item, key) = (itemText, keyText);
        }
        var options = new Options(given[0] is { } ascii && Values.IsTrue(ascii), indent, item, key, given[3] is { } sort && Values.IsTrue(sort));
        var writer = new JsonWriter(context, options);
        writer.Write(value, 0);
        return writer._output.ToString();
    }

    private static string Spaces(RenderContext context, long count)
    {
        context.ChargeCharacters(Math.Max(0, count));
        return new string(' ', (int)Math.Max(0, count));
    }

    private void Write(object value, int depth)
    {
        context.EnsureStack();
        context.Step();
        switch (value)
        {
            case string text:
                WriteString(text);
                break;
            case None:
                _output.Append("null");
                break;
            case bool boolean:
                _output.Append(boolean ? "true" : "false");
                break;
            case long or BigInteger or double:
                _output.Append(Number(value));
                break;
            case PyList or PyTuple:
                WriteItems('[', ((PySequence)value).Items, item => Write(item, depth + 1), ']', depth);
                break;
            case PyDict dict:
                WriteItems('{', options.SortKeys ? Sorted(dict) : dict.Items, item => WritePair(item.Key, item.Value, depth + 1), '}', depth);
                break;
            default:
                throw context.Error($"a value of type {Values.TypeName(value)} cannot be written as JSON.");
        }
    }

    private void WriteItems<T>(char open, IEnumerable<T> items, Action<T> write, char close, int depth)
    {
        _output.Append(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first) context.Write(_output, options.ItemSeparator);
            first = false;
            NewLine(depth + 1);
            write(item);
        }
        if (!first) NewLine(depth);
        _output.Append(close);
    }

    private void WritePair(object key, object value, int depth)
    {
        WriteString(key switch
        {
            string text => text,
            None => "null",
            bool boolean => boolean ? "true" : "false",
            long or BigInteger or double => Number(key),
            _ => throw context.Error($"a key of type {Values.TypeName(key)} cannot be written as JSON."),
        });
        context.Write(_output, options.KeySeparator);
        Write(value, depth);
    }

    private IEnumerable<KeyValuePair<object, object>> Sorted(PyDict dict) =>
        Sorting.Sort(context, [.. dict.Items.Select(item => (object)new PyTuple([item.Key, item.Value]))], pair => ((PyTuple)pair)[0])
            .Select(pair => KeyValuePair.Create(((PyTuple)pair)[0], ((PyTuple)pair)[1]));

    private void NewLine(int depth)
    {
        if (options.Indent is null) return;
        _output.Append('\n');
        for (; depth > 0; depth--) context.Write(_output, options.Indent);
    }

    private static string Number(object value) => value switch
    {
        double number when double.IsNaN(number) => "NaN",
        double number when double.IsInfinity(number) => number > 0 ? "Infinity" : "-Infinity",
        double number => FloatText.Repr(number),
        _ => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
    };

    private void WriteString(string text)
    {
        context.ChargeCharacters(text.Length + 2);
        _output.Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"': _output.Append("\\\""); break;
                case '\\': _output.Append("\\\\"); break;
                case '\n': _output.Append("\\n"); break;
                case '\r': _output.Append("\\r"); break;
                case '\t': _output.Append("\\t"); break;
                case '\f': _output.Append("\\f"); break;
                case '\b': _output.Append("\\b"); break;
                case < ' ':
                case > '~' when options.EnsureAscii:
                    _output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                default: _output.Append(c); break;
            }
        }
        _output.Append('"');
    }
}
