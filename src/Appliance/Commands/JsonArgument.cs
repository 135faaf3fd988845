using System.Text;
using System.Text.Json;
using Models;

namespace Appliance.Commands;

/// <summary>Parameters that a person writes as JSON.</summary>
internal static class JsonArgument
{
    /// <summary>The bytes of a JSON object.</summary>
    /// <exception cref="ModelException">It is none.</exception>
    public static byte[] Object(string text)
    {
        try
        {
            if (JsonElement.Parse(text).ValueKind == JsonValueKind.Object) return Encoding.UTF8.GetBytes(text);
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw new ModelException($"The parameters are no JSON object: {text}. One looks like this: '{{\"limit\":5}}'");
    }
}
