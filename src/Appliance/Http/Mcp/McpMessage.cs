using System.Text.Json;

namespace Appliance.Http.Mcp;

/// <summary>A message of JSON-RPC 2.0 as a client sends it: a request, a notification where it has no id, or the answer to a request of ours.</summary>
internal sealed record McpMessage(string? Jsonrpc, JsonElement? Id, string? Method, JsonElement? Params, JsonElement? Result, JsonElement? Error)
{
    /// <summary>True where an answer is expected.</summary>
    public bool IsRequest => Method is not null && Id is not null;

    /// <summary>A member of its parameters, or null.</summary>
    public JsonElement? Parameter(string name) => Params is { ValueKind: JsonValueKind.Object } all && all.TryGetProperty(name, out var value) ? value : null;

    /// <summary>Refuses what is no message.</summary>
    /// <exception cref="ApiException">400.</exception>
    public void Require()
    {
        if (Jsonrpc != "2.0") throw ApiException.BadRequest("A message has \"jsonrpc\":\"2.0\".");
        if (Id is { ValueKind: not (JsonValueKind.String or JsonValueKind.Number) }) throw ApiException.BadRequest("The id of a message is a string or a number.");
        if (Method is null && (Id is null || (Result is null && Error is null))) throw ApiException.BadRequest("A message has a method, or it is an answer with an id and a result or an error.");
    }
}
