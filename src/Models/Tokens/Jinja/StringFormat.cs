using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>Python's <c>str.format</c> with plain fields: <c>{}</c>, <c>{0}</c>, <c>{name}</c>, their attributes and items, <c>!r</c> and <c>!s</c>.</summary>
internal static class StringFormat
{
    /// <summary>Fails at parse time for a literal format that uses what this subset lacks.</summary>
    public static void Check(string format, int line)
    {
        if (Parse(format, message => TemplateException.At(line, message)).Exists(part => part.Field?.Contains(':') == true))
            throw TemplateException.At(line, "a format specification in 'format' is not supported.");
    }

    public static object Format(RenderContext context, string format, CallArguments arguments)
    {
        context.ChargeScan(format.Length);
        var output = new StringBuilder();
        var next = 0;
        foreach (var (text, field) in Parse(format, context.Error))
        {
            context.Write(output, text);
            if (field is not null) context.Write(output, Evaluate(context, field, arguments, ref next));
        }
        return output.ToString();
    }

    private static List<(string Text, string? Field)> Parse(string format, Func<string, TemplateException> error)
    {
        List<(string, string?)> parts = [];
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            var c = format[i];
            if (c is '{' or '}' && i + 1 < format.Length && format[i + 1] == c)
            {
                text.Append(c);
                i++;
            }
            else if (c == '{')
            {
                var end = format.IndexOf('}', i);
                if (end < 0) throw error("a '{' in the format has no '}'.");
                parts.Add((text.ToString(), format[(i + 1)..end]));
                text.Clear();
                i = end;
            }
            else if (c == '}') throw error("a '}' in the format has no '{'.");
            else text.Append(c);
        }
        parts.Add((text.ToString(), null));
        return parts;
    }

    private static string Evaluate(RenderContext context, string field, CallArguments arguments, ref int next)
    {
        if (field.Contains(':')) throw context.Error("a format specification in 'format' is not supported.");
        var conversion = field.IndexOf('!');
        var path = conversion < 0 ? field : field[..conversion];
        var end = path.AsSpan().IndexOfAny('.', '[');
        var name = end < 0 ? path : path[..end];
        var value = Argument(context, name.Length == 0 ? $"{next++}" : name, arguments);
        for (var at = end; at >= 0 && at < path.Length;)
        {
            var isItem = path[at] == '[';
            var stop = isItem ? path.IndexOf(']', at) : path.AsSpan(at + 1).IndexOfAny('.', '[') is >= 0 and var offset ? at + 1 + offset : path.Length;
            if (stop < 0) throw context.Error("a '[' in the format has no ']'.");
            var key = path[(at + 1)..stop];
            value = !isItem ? Attributes.GetAttribute(context, value, key)
                : Attributes.GetItem(context, value, long.TryParse(key, out var index) ? Values.Int(index) : key);
            at = isItem ? stop + 1 : stop;
        }
        return (conversion < 0 ? "" : field[conversion..]) switch
        {
            "" or "!s" => Text.Str(context, value),
            "!r" => Text.Repr(context, value),
            var other => throw context.Error($"the conversion '{other}' in 'format' is not supported."),
        };
    }

    private static object Argument(RenderContext context, string name, CallArguments arguments)
    {
        if (int.TryParse(name, out var at) && at >= 0 && at < arguments.Positional.Length) return arguments.Positional[at];
        foreach (var (key, value) in arguments.Named)
        {
            if (key == name) return value;
        }
        throw context.Error($"'format' has no argument for the field '{name}'.");
    }
}
