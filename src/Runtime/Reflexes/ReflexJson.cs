using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Runtime.Reflexes;

/// <summary>JSON as it stands in files of reflexes: characters as people write them.</summary>
internal static class ReflexJson
{
    /// <summary>An object with one text.</summary>
    public static string Object(string name, string text)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString(name, text);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(json.ToArray());
    }
}
