using System.Text.Json;

namespace Models.Generation.Grammar.Json;

/// <summary>A schema document in which <c>$ref</c> is resolved. References reach into the document itself by JSON pointer only (RFC 6901).</summary>
internal sealed class SchemaDocument
{
    private readonly string? _id;
    private readonly Dictionary<string, Dictionary<string, JsonElement>> _members = []; // of objects that references go through, by pointer

    /// <summary>Takes the document.</summary>
    /// <exception cref="GrammarException">It holds a string that no text can spell.</exception>
    public SchemaDocument(JsonElement root)
    {
        Root = new(root, "#");
        RequireText(Root);
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("$id", out var id) && id.ValueKind == JsonValueKind.String)
            _id = id.GetString()!.TrimEnd('#');
    }

    /// <summary>The whole document.</summary>
    public SchemaNode Root { get; }

    /// <summary>The schema that a <c>$ref</c> names.</summary>
    /// <exception cref="GrammarException">It is not in the document, or named in a way that is not supported.</exception>
    public SchemaNode Resolve(SchemaNode from, JsonElement reference)
    {
        var text = reference.ValueKind == JsonValueKind.String ? reference.GetString()! : throw from.Error("'$ref' must be a string.", "$ref");
        var local = _id is { Length: > 0 } id && text.StartsWith(id, StringComparison.Ordinal) ? text[id.Length..] : text;
        if (local is "#" or "")
            return Root;
        if (!local.StartsWith("#/", StringComparison.Ordinal))
            throw from.Error($"The reference '{text}' is not supported: only JSON pointers within the schema are, such as '#/$defs/name'.", "$ref");
        var schema = Root.Schema;
        var pointer = "#";
        foreach (var part in local[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/").Replace("~0", "~");
            if (schema.ValueKind == JsonValueKind.Array && int.TryParse(name, out var index) && index >= 0 && index < schema.GetArrayLength())
                schema = schema[index];
            else if (schema.ValueKind == JsonValueKind.Object && Members(pointer, schema) is var members && members.TryGetValue(name, out var child))
            {
                if (pointer != "#" && members.ContainsKey("$id"))
                    throw from.Error($"The reference '{text}' leads into a schema with an '$id' of its own, which is not supported.", "$id");
                schema = child;
            }
            else
                throw from.Error($"The reference '{text}' leads nowhere: there is no '{name}' under '{pointer}'.", "$ref");
            pointer = $"{pointer}/{name.Replace("~", "~0").Replace("/", "~1")}";
        }
        return new(schema, pointer);
    }

    // JsonElement looks for a member through all of them; ten thousand definitions are better indexed.
    private Dictionary<string, JsonElement> Members(string pointer, JsonElement parent)
    {
        if (!_members.TryGetValue(pointer, out var members))
        {
            _members[pointer] = members = [];
            foreach (var property in parent.EnumerateObject())
                members[property.Name] = property.Value;
        }
        return members;
    }

    // Half of a surrogate pair can be escaped in JSON, but is no text: reading it throws.
    private static void RequireText(SchemaNode node)
    {
        try
        {
            switch (node.Schema.ValueKind)
            {
                case JsonValueKind.String:
                    node.Schema.GetString();
                    break;
                case JsonValueKind.Array:
                    foreach (var item in node.Schema.EnumerateArray())
                        RequireText(node with { Schema = item });
                    break;
                case JsonValueKind.Object:
                    foreach (var property in node.Schema.EnumerateObject())
                        RequireText(node.At(property.Name, property.Value));
                    break;
            }
        }
        catch (InvalidOperationException)
        {
            throw node.Error("The schema holds a string with half of a surrogate pair, which no text can spell.");
        }
    }
}
