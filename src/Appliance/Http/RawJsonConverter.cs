using System.Text.Json;
using System.Text.Json.Serialization;

namespace Appliance.Http;

/// <summary>Writes text that is JSON already.</summary>
internal sealed class RawJsonConverter : JsonConverter<string>
{
    /// <summary>Not there: answers are only written.</summary>
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value, skipInputValidation: true);
}
