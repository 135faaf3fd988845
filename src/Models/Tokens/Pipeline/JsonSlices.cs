using System.Text.Json;

namespace Models.Tokens.Pipeline;

/// <summary>The members of a JSON object as slices of the file, so that a vocabulary of megabytes never becomes a document in memory.</summary>
internal sealed class JsonSlices
{
    private readonly ReadOnlyMemory<byte> _json;
    private readonly Dictionary<string, Range> _members = [];

    /// <summary>Finds the members of an object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="opened">A member that is an object itself, whose members count as members named <c>opened.name</c>.</param>
    /// <exception cref="JsonException">Not JSON, or not an object.</exception>
    public JsonSlices(ReadOnlyMemory<byte> json, string opened)
    {
        _json = json;
        var reader = new Utf8JsonReader(json.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("an object is expected");
        Find(ref reader, "", opened);
        if (reader.Read())
            throw new JsonException("something follows the object");
    }

    /// <summary>The text of a member; <c>null</c> where the object lacks it.</summary>
    public ReadOnlyMemory<byte> this[string name] => _members.TryGetValue(name, out var range) ? _json[range] : "null"u8.ToArray();

    /// <summary>A small member as a document of its own.</summary>
    public JsonElement Element(string name)
    {
        using var document = JsonDocument.Parse(this[name]);
        return document.RootElement.Clone();
    }

    private void Find(ref Utf8JsonReader reader, string prefix, string? opened)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (name == opened && reader.TokenType == JsonTokenType.StartObject)
                Find(ref reader, name + ".", null);
            else
                reader.Skip();
            _members[prefix + name] = start..(int)reader.BytesConsumed;
        }
    }
}
