using System.Text;
using System.Text.Json;
using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Json;

/// <summary>How values of a schema (<c>enum</c>, <c>const</c>, property names) are read and written out.</summary>
internal static class JsonText
{
    /// <summary>The text of a JSON string.</summary>
    /// <exception cref="GrammarException">It holds half of a surrogate pair.</exception>
    public static string Read(JsonElement text, SchemaNode at)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw at.Error("The schema holds a string with half of a surrogate pair, which no text can spell.");
        }
    }

    /// <summary>The name of a property.</summary>
    /// <exception cref="GrammarException">It holds half of a surrogate pair.</exception>
    public static string Read(JsonProperty property, SchemaNode at)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw at.Error("The schema holds a name with half of a surrogate pair, which no text can spell.");
        }
    }

    /// <summary>Writes a value on one line: strings in their one spelling, numbers as the schema writes them.</summary>
    public static void Write(JsonElement value, StringBuilder text, SchemaNode at, string comma, string colon)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    if (index > 0)
                        text.Append(comma);
                    Write(item, text, at, comma, colon);
                }
                text.Append(']');
                break;
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var (index, property) in value.EnumerateObject().Index())
                {
                    if (index > 0)
                        text.Append(comma);
                    text.Append(JsonEscape.Quote(Read(property, at))).Append(colon);
                    Write(property.Value, text, at, comma, colon);
                }
                text.Append('}');
                break;
            case JsonValueKind.String:
                text.Append(JsonEscape.Quote(Read(value, at)));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }
}
