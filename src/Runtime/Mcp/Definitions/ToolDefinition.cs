using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Runtime.Mcp.Protocol;

namespace Runtime.Mcp.Definitions;

/// <summary>A tool as its server describes it, word for word. Immutable; equal where nothing of it differs.</summary>
/// <param name="Name">As the server calls it.</param>
/// <param name="Description">What it says of it.</param>
/// <param name="Schema">JSON Schema of the arguments, without blanks.</param>
/// <param name="SaysItReads">True where it says that it changes nothing.</param>
public sealed record ToolDefinition(string Name, string Description, string Schema, bool SaysItReads)
{
    /// <summary>Longest description that is taken, characters.</summary>
    public const int LongestDescription = 16 * 1024;

    /// <summary>Longest schema that is taken, characters.</summary>
    public const int LongestSchema = 64 * 1024;

    /// <summary>SHA-256 over all of it, lower-case hexadecimal: what an owner approved, and nothing else.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes($"{Name.Length}:{Name}{Description.Length}:{Description}{Schema.Length}:{Schema}{(SaysItReads ? 'r' : 'w')}")));

    /// <summary>Reads one of a list; null where it is none, or too large to be one.</summary>
    public static ToolDefinition? Read(JsonElement tool)
    {
        if (McpConnection.Text(tool, "name") is not { Length: > 0 and <= 256 } name) return null;
        var description = McpConnection.Text(tool, "description") ?? "";
        var schema = McpConnection.Member(tool, "inputSchema") is { ValueKind: JsonValueKind.Object } given ? Compact(given) : """{"type":"object"}""";
        if (schema is null || description.Length > LongestDescription || schema.Length > LongestSchema) return null;
        var reads = McpConnection.Member(tool, "annotations") is { } annotations && McpConnection.Member(annotations, "readOnlyHint") is { ValueKind: JsonValueKind.True };
        return new ToolDefinition(name, description, schema, reads);
    }

    /// <summary>Writes it as <see cref="Read"/> reads it.</summary>
    public void Write(Utf8JsonWriter to)
    {
        to.WriteStartObject();
        to.WriteString("name", Name);
        to.WriteString("description", Description);
        to.WritePropertyName("inputSchema");
        to.WriteRawValue(Schema);
        to.WriteStartObject("annotations");
        to.WriteBoolean("readOnlyHint", SaysItReads);
        to.WriteEndObject();
        to.WriteEndObject();
    }

    // Blanks say nothing; half a character cannot be told on.
    private static string? Compact(JsonElement schema)
    {
        var json = new ArrayBufferWriter<byte>();
        try
        {
            using var to = new Utf8JsonWriter(json);
            schema.WriteTo(to);
            to.Flush();
            return Encoding.UTF8.GetString(json.WrittenSpan);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
