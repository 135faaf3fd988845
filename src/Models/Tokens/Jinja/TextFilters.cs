using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>The filters that turn a value into text and change that.</summary>
internal static class TextFilters
{
    public static Filter Convert(string name, Func<string, string> convert) => (context, value, arguments) =>
    {
        arguments.BindPositional(context, name, 0, 0);
        return context.Produced(convert(Text.Str(context, value)));
    };

    public static object Trim(RenderContext context, object value, CallArguments arguments)
    {
        var characters = arguments.Bind(context, "trim", 0, "chars")[0];
        return context.Produced(StringSearch.Strip(Text.Str(context, value), characters switch
        {
            null or None => null,
            string text => text,
            _ => throw context.Error("the argument of 'trim' must be a string."),
        }));
    }

    public static object Replace(RenderContext context, object value, CallArguments arguments)
    {
        var given = arguments.Bind(context, "replace", 2, "old", "new", "count");
        var count = given[2] is null or None ? -1 : StringMethods.IntegerArgument(context, given[2]!, "replace");
        return StringSearch.Replace(context, Text.Str(context, value), Text.Str(context, given[0]!), Text.Str(context, given[1]!), count);
    }

    public static object Format(RenderContext context, object value, CallArguments arguments)
    {
        if (arguments.Positional.Length > 0 && arguments.Named.Count > 0) throw context.Error("'format' takes positional or named arguments, not both.");
        object values = arguments.Named.Count > 0 ? PyDict.FromNamed(context, arguments.Named) : new PyTuple(arguments.Positional);
        return PercentFormat.Format(context, Text.Str(context, value), values);
    }

    public static object Center(RenderContext context, object value, CallArguments arguments)
    {
        var width = arguments.Bind(context, "center", 0, "width")[0] ?? Values.Int(80);
        return StringMethods.All["center"](context, Text.Str(context, value), new([width], []));
    }

    public static object Indent(RenderContext context, object value, CallArguments arguments)
    {
        var given = arguments.Bind(context, "indent", 0, "width", "first", "blank");
        if (value is Undefined undefined) throw undefined.Failure(context);
        if (value is not string text) throw context.Error($"'indent' needs a string, not a value of type {Values.TypeName(value)}.");
        var indentation = given[0] switch
        {
            string prefix => prefix,
            null => "    ",
            _ => Spaces(context, StringMethods.IntegerArgument(context, given[0]!, "indent")),
        };
        var (first, blank) = (given[1] is { } one && Values.IsTrue(one), given[2] is { } two && Values.IsTrue(two));
        var output = new StringBuilder();
        var at = 0;
        foreach (var line in StringSplit.Lines(text + "\n"))
        {
            if (at > 0) context.Write(output, "\n");
            // Whether the first line is blank does not matter when it is to be indented.
            if (at == 0 ? first : blank || line.Length > 0) context.Write(output, indentation);
            context.Write(output, line);
            at++;
        }
        return output.ToString();
    }

    /// <summary>The capitals of Jinja2's own <c>title</c>: behind spaces, hyphens and opening brackets.</summary>
    public static string Title(string text)
    {
        var output = new StringBuilder(text.Length);
        var word = new StringBuilder();
        foreach (var c in text + " ")
        {
            if (!(c is '-' or '(' or '{' or '[' or '<' || PyText.IsSpace(c)))
            {
                word.Append(c);
                continue;
            }
            if (word.Length > 0) output.Append(CapitalizeWord(word.ToString()));
            word.Clear();
            output.Append(c);
        }
        return output.ToString(0, output.Length - 1);
    }

    public static string Escape(string text) =>
        text.Replace("&", "&amp;").Replace(">", "&gt;").Replace("<", "&lt;").Replace("'", "&#39;").Replace("\"", "&#34;");

    private static string CapitalizeWord(string word)
    {
        var first = word.EnumeratePoints().First();
        return Casing.Upper(first) + Casing.Lower(word[first.Length..]);
    }

    private static string Spaces(RenderContext context, long count)
    {
        context.ChargeCharacters(Math.Max(0, count));
        return new string(' ', (int)Math.Max(0, count));
    }
}
