using System.Text.Json;

namespace Models.Tokens.Pipeline;

/// <summary>The members of a JSON object as slices of the file, so that a vocabulary of megabytes never becomes a document in memory.</summary>
internal sealed class JsonSlices
{
    private readonly ReadOnlyMemory<byte> _json;
    private readonly Dictionary<string, Range> _members = [];

    /// <summary>Finds the members of an object.</summary>
    /// <exception cref="JsonException">Not JSON, or not an object.</exception>
    public JsonSlices(ReadOnlyMemory<byte> json)
    {
        _json = json;
        var reader = new Utf8JsonReader(json.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("an object is expected");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            _members[name] = start..(int)reader.BytesConsumed;
        }
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
}
