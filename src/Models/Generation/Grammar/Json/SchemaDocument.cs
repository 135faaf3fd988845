using System.Text.Json;

namespace Models.Generation.Grammar.Json;

/// <summary>A schema document in which <c>$ref</c> is resolved. References reach into the document itself by JSON pointer only (RFC 6901).</summary>
internal sealed class SchemaDocument
{
    private readonly string? _id;
    private readonly Dictionary<string, Dictionary<string, JsonElement>> _members = []; // of objects that references go through, by pointer

    /// <summary>Takes the document.</summary>
    public SchemaDocument(JsonElement root)
    {
        Root = new(root, "#");
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("$id", out var id) && id.ValueKind == JsonValueKind.String)
            _id = id.GetString()!.TrimEnd('#');
    }

    /// <summary>The whole document.</summary>
    public SchemaNode Root { get; }

    /// <summary>The schema that a <c>$ref</c> names.</summary>
    /// <exception cref="GrammarException">It is not in the document, or named in a way that is not supported.</exception>
    public SchemaNode Resolve(SchemaNode from, JsonElement reference)
    {
        var text = reference.ValueKind == JsonValueKind.String ? JsonText.Read(reference, from) : throw from.Error("'$ref' must be a string.", "$ref");
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
            if (pointer != "#" && schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$id", out _))
                throw from.Error($"The reference '{text}' leads into a schema with an '$id' of its own, which is not supported.", "$id");
            schema = Child(schema, pointer, name) ?? throw from.Error($"The reference '{text}' leads nowhere: there is no '{name}' under '{pointer}'.", "$ref");
            pointer = $"{pointer}/{name.Replace("~", "~0").Replace("/", "~1")}";
        }
        return new(schema, pointer);
    }

    private JsonElement? Child(JsonElement parent, string pointer, string name)
    {
        if (parent.ValueKind == JsonValueKind.Array)
            return int.TryParse(name, out var index) && index >= 0 && index < parent.GetArrayLength() ? parent[index] : null;
        if (parent.ValueKind != JsonValueKind.Object)
            return null;
        // A member of an object is searched for from its end; ten thousand definitions are better indexed.
        if (!_members.TryGetValue(pointer, out var members))
        {
            _members[pointer] = members = [];
            foreach (var property in parent.EnumerateObject())
                members[JsonText.Read(property, Root)] = property.Value;
        }
        return members.TryGetValue(name, out var child) ? child : null;
    }
}
