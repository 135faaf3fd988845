using System.Text.Json;
using System.Text.Json.Serialization;

namespace Appliance.Http.Mcp;

[JsonSerializable(typeof(McpMessage))]
[JsonSerializable(typeof(McpError))]
internal sealed partial class McpJson : JsonSerializerContext
{
    public static McpJson Wire { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase });
}
