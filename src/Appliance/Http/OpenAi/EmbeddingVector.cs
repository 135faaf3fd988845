using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Appliance.Http.OpenAi;

/// <summary>A vector on its way out: a list of numbers, or base64 of them as little-endian float32, which OpenAI's own clients ask for.</summary>
[JsonConverter(typeof(EmbeddingVectorConverter))]
internal readonly record struct EmbeddingVector(ReadOnlyMemory<float> Values, bool Base64);

/// <summary>Writes it.</summary>
internal sealed class EmbeddingVectorConverter : JsonConverter<EmbeddingVector>
{
    /// <summary>Not there: answers are only written.</summary>
    public override EmbeddingVector Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EmbeddingVector value, JsonSerializerOptions options)
    {
        if (value.Base64)
        {
            // Every processor this runs on is little-endian.
            writer.WriteBase64StringValue(MemoryMarshal.AsBytes(value.Values.Span));
            return;
        }
        writer.WriteStartArray();
        foreach (var number in value.Values.Span) writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}
