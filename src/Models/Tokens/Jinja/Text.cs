using System.Globalization;
using System.Numerics;
using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>Python's <c>str</c> and <c>repr</c>.</summary>
internal static class Text
{
    public static string Str(RenderContext context, object value)
    {
        switch (value)
        {
            case string text:
                return text;
            case Undefined:
                return "";
            case long integer:
                return integer.ToString();
            case PySequence or PyDict or DictView or PyNamespace:
                var output = new StringBuilder();
                Repr(context, output, value);
                return output.ToString();
            default:
                return Scalar(value);
        }
    }

    public static string Repr(RenderContext context, object value)
    {
        var output = new StringBuilder();
        Repr(context, output, value);
        return output.ToString();
    }

    private static void Repr(RenderContext context, StringBuilder output, object value)
    {
        context.EnsureStack();
        switch (value)
        {
            case string text:
                Quote(context, output, text);
                break;
            case PyList list:
                Join(context, output, "[", list.Items, "]");
                break;
            case PyTuple tuple:
                Join(context, output, "(", tuple.Items, tuple.Count == 1 ? ",)" : ")");
                break;
            case PyRange range:
                context.Write(output, $"range({range.Start}, {range.Stop}{(range.Step == 1 ? "" : $", {range.Step}")})");
                break;
            case PyDict dict:
                Pairs(context, output, dict);
                break;
            case DictView view:
                context.Write(output, Values.TypeName(view));
                Join(context, output, "([", view.Items, "])");
                break;
            case PyNamespace names:
                context.Write(output, "<Namespace ");
                Pairs(context, output, names.Attributes);
                context.Write(output, ">");
                break;
            default:
                context.Write(output, Scalar(value));
                break;
        }
    }

    private static void Join(RenderContext context, StringBuilder output, string open, IEnumerable<object> items, string close)
    {
        context.Write(output, open);
        var first = true;
        foreach (var item in items)
        {
            if (!first) context.Write(output, ", ");
            first = false;
            Repr(context, output, item);
        }
        context.Write(output, close);
    }

    private static void Pairs(RenderContext context, StringBuilder output, PyDict dict)
    {
        context.Write(output, "{");
        var first = true;
        foreach (var (key, value) in dict.Items)
        {
            if (!first) context.Write(output, ", ");
            first = false;
            Repr(context, output, key);
            context.Write(output, ": ");
            Repr(context, output, value);
        }
        context.Write(output, "}");
    }

    private static string Scalar(object value) => value switch
    {
        None => "None",
        bool boolean => boolean ? "True" : "False",
        long integer => integer.ToString(),
        BigInteger integer => integer.ToString(),
        double number => FloatText.Repr(number),
        Undefined => "Undefined",
        PyGenerator => "<generator>",
        Callable and not Macro => $"<function {((Callable)value).Name}>",
        _ => value.ToString()!,
    };

    private static void Quote(RenderContext context, StringBuilder output, string text)
    {
        context.ChargeCharacters(text.Length);
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        output.Append(quote);
        foreach (var point in text.EnumeratePoints())
        {
            if (point[0] == quote || point[0] == '\\') output.Append('\\').Append(point);
            else if (point[0] == '\n') output.Append("\\n");
            else if (point[0] == '\r') output.Append("\\r");
            else if (point[0] == '\t') output.Append("\\t");
            else if (IsPrintable(point)) output.Append(point);
            else AppendEscape(context, output, point.Length == 2 ? char.ConvertToUtf32(point[0], point[1]) : point[0]);
        }
        output.Append(quote);
    }

    private static bool IsPrintable(string point) => point == " " || CharUnicodeInfo.GetUnicodeCategory(point, 0) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or
        UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private static void AppendEscape(RenderContext context, StringBuilder output, int code) =>
        context.Write(output, code < 0x100 ? $"\\x{code:x2}" : code < 0x10000 ? $"\\u{code:x4}" : $"\\U{code:x8}");
}
