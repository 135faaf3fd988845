using System.Text.Json;
using System.Text.Json.Nodes;
using Models;

namespace Runtime.Canvas.A2ui;

/// <summary>A component, with what is known of its properties alone. Immutable.</summary>
/// <param name="Type">Text, Row, Column, List, Card, Image, Button or Divider.</param>
/// <param name="Properties">As A2UI has them; nobody changes them.</param>
internal sealed record A2uiComponent(string Type, JsonObject Properties)
{
    private const int LongestWord = 64;

    private static readonly string[] Literals = ["literalString", "literalNumber", "literalBoolean", "path"];

    /// <summary>Reads what stands under <c>component</c>.</summary>
    /// <exception cref="ModelException">It is none that is known.</exception>
    public static A2uiComponent Read(JsonElement component)
    {
        if (component.EnumerateObject().ToList() is not [var only]) throw new ModelException("a component is an object with one type.");
        var (type, from, to) = (only.Name, only.Value, new JsonObject());
        if (from.ValueKind != JsonValueKind.Object) throw new ModelException($"{Tools.Bounded.Begin(type, 40)} has no properties.");
        switch (type)
        {
            case "Text":
                to["text"] = Bound(from, "text");
                Take(from, to, "usageHint");
                break;
            case "Row" or "Column" or "List":
                to["children"] = Children(A2uiDocument.Member(from, "children", JsonValueKind.Object));
                foreach (var name in (string[])["distribution", "alignment", "direction"]) Take(from, to, name);
                break;
            case "Card":
                to["child"] = Word(from, "child");
                break;
            case "Image":
                to["url"] = Bound(from, "url");
                Take(from, to, "usageHint");
                break;
            case "Button":
                to["child"] = Word(from, "child");
                to["action"] = Action(A2uiDocument.Member(from, "action", JsonValueKind.Object));
                break;
            case "Divider":
                break;
            default:
                throw new ModelException($"{Tools.Bounded.Begin(type, 40)} is not shown: there are Text, Row, Column, List, Card, Image, Button and Divider.");
        }
        return new A2uiComponent(type, to);
    }

    /// <summary>An id or another word.</summary>
    public static string Word(JsonElement of, string name)
    {
        var word = A2uiDocument.Member(of, name, JsonValueKind.String).GetString()!;
        return IsWord(word) ? word : throw new ModelException($"{name} must be up to {LongestWord} letters, digits, dots, - and _.");
    }

    private static bool IsWord(string word) => word.Length is > 0 and <= LongestWord && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    // What only changes how it looks is taken where it is a word.
    private static void Take(JsonElement from, JsonObject to, string name)
    {
        if (from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && IsWord(value.GetString()!)) to[name] = value.GetString();
    }

    private static JsonObject Bound(JsonElement from, string name)
    {
        var value = A2uiDocument.Member(from, name, JsonValueKind.Object);
        foreach (var literal in Literals)
        {
            if (value.TryGetProperty(literal, out var given) && given.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False && (literal != "path" || given.ValueKind == JsonValueKind.String))
                return new JsonObject { [literal] = JsonNode.Parse(given.GetRawText()) };
        }
        throw new ModelException($"{name} has neither a literal nor a path.");
    }

    private static JsonObject Children(JsonElement children)
    {
        if (children.TryGetProperty("explicitList", out var list) && list.ValueKind == JsonValueKind.Array)
            return new JsonObject { ["explicitList"] = new JsonArray([.. list.EnumerateArray().Select(id => (JsonNode)(id.ValueKind == JsonValueKind.String && IsWord(id.GetString()!) ? id.GetString()! : throw new ModelException("explicitList has something that is no id.")))]) };
        var template = A2uiDocument.Member(children, "template", JsonValueKind.Object);
        return new JsonObject { ["template"] = new JsonObject { ["componentId"] = Word(template, "componentId"), ["dataBinding"] = A2uiDocument.Member(template, "dataBinding", JsonValueKind.String).GetString() } };
    }

    private static JsonObject Action(JsonElement action)
    {
        var made = new JsonObject { ["name"] = Word(action, "name") };
        if (action.TryGetProperty("context", out var context) && context.ValueKind == JsonValueKind.Array)
            made["context"] = new JsonArray([.. context.EnumerateArray().Take(16).Select(entry => (JsonNode)new JsonObject { ["key"] = Word(entry, "key"), ["value"] = Bound(entry, "value") })]);
        return made;
    }
}
