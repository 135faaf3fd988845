using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Models.Tokens.Jinja;

/// <summary>Turns JSON into the values of a template, and counts its characters.</summary>
internal sealed class JsonReader(RenderContext context)
{
    private long _characters;

    /// <summary>Hands the variables to the rendering.</summary>
    /// <exception cref="TemplateException">The JSON has a key twice, or text that is not Unicode.</exception>
    public static void Provide(RenderContext context, JsonObject variables)
    {
        var reader = new JsonReader(context);
        Dictionary<string, object> values = [];
        try
        {
            foreach (var (name, value) in variables) values[name] = reader.Read(value);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or JsonException or FormatException)
        {
            throw new TemplateException($"The variables of the chat template are no valid JSON: {error.Message}", error);
        }
        context.Provide(values, reader._characters);
    }

    private object Read(JsonNode? node)
    {
        context.EnsureStack();
        _characters += 2;
        return node switch
        {
            null => None.Value,
            JsonObject items => ReadObject(items),
            JsonArray items => new PyList([.. items.Select(Read)]),
            _ => ReadScalar(node.AsValue()),
        };
    }

    private PyDict ReadObject(JsonObject items)
    {
        var dict = new PyDict(items.Count);
        foreach (var (key, value) in items) dict.Set(Counted(key), Read(value));
        return dict;
    }

    private object ReadScalar(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.String => Counted(value.GetValue<string>()),
        JsonValueKind.True => Values.True,
        JsonValueKind.False => Values.False,
        JsonValueKind.Null => None.Value,
        _ => ReadNumber(value.ToJsonString()),
    };

    private object ReadNumber(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) return Values.Int(integer);
        if (text.AsSpan().ContainsAny('.', 'e', 'E')) return double.Parse(text, CultureInfo.InvariantCulture);
        return text.Length <= 4300
            ? PyNumbers.Integer(context, BigInteger.Parse(text, CultureInfo.InvariantCulture))
            : throw new TemplateException("A number among the variables of the chat template has more than 4300 digits.");
    }

    private string Counted(string text)
    {
        _characters += text.Length;
        return text;
    }
}
