using System.Text;
using System.Text.Json;
using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Json;

/// <summary>How values of a schema (<c>enum</c>, <c>const</c>, property names) are written out.</summary>
internal static class JsonText
{
    /// <summary>Writes a value on one line: strings in their one spelling, numbers as the schema writes them.</summary>
    public static void Write(JsonElement value, StringBuilder text, string comma, string colon)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    if (index > 0)
                        text.Append(comma);
                    Write(item, text, comma, colon);
                }
                text.Append(']');
                break;
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var (index, property) in value.EnumerateObject().Index())
                {
                    if (index > 0)
                        text.Append(comma);
                    text.Append(JsonEscape.Quote(property.Name)).Append(colon);
                    Write(property.Value, text, comma, colon);
                }
                text.Append('}');
                break;
            case JsonValueKind.String:
                text.Append(JsonEscape.Quote(value.GetString()!));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }
}
