using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Appliance.Config.Secrets;

/// <summary>Secrets by reference, as they stand in the file.</summary>
internal sealed class SecretReferenceConverter : JsonConverter<SecretReference>
{
    /// <inheritdoc/>
    public override SecretReference Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        SecretReference.Read(JsonNode.Parse(ref reader), out var fault) ?? throw new JsonException(fault);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, SecretReference value, JsonSerializerOptions options) => value.ToJson().WriteTo(writer);
}
