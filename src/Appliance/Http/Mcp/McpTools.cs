using System.Text.Json;
using Appliance.Http.Agents;
using Runtime.Tools;

namespace Appliance.Http.Mcp;

/// <summary>The agent's tools as an MCP server: the same table and the same policy as in its turns. Safe for several threads.</summary>
/// <param name="door">The agent's side of the box.</param>
/// <param name="context">The request that begins the session.</param>
internal sealed class McpTools(AgentDoor door, HttpContext context) : IMcpServer
{
    // Whose it is does not change: a session is found by its owner alone. What they may is asked at every call.
    private readonly AgentVisit _visit = door.Enter(context, null, $"mcp:{Guid.NewGuid():N}", "mcp");

    /// <inheritdoc/>
    public JsonElement Capabilities { get; } = JsonElement.Parse("""{"tools":{}}"""u8);

    /// <inheritdoc/>
    public async Task<JsonElement> AnswerAsync(McpCall call, CancellationToken cancellation) => call.Method switch
    {
        "tools/list" => JsonElement.Parse(McpFrames.Object(List)),
        "tools/call" => await CallAsync(call, cancellation),
        _ => throw new McpFault(McpFault.MethodNotFound, $"There is no method {call.Method}."),
    };

    private void List(Utf8JsonWriter to)
    {
        to.WriteStartArray("tools");
        foreach (var tool in door.Context.Tools.For(_visit.Agent.Id, null, _visit.Person))
        {
            to.WriteStartObject();
            to.WriteString("name", tool.Name);
            to.WriteString("description", tool.Description);
            to.WritePropertyName("inputSchema");
            tool.JsonSchema.WriteTo(to);
            to.WriteStartObject("annotations");
            to.WriteBoolean("readOnlyHint", tool.Effect == ToolEffect.Reads);
            to.WriteBoolean("destructiveHint", tool.Effect == ToolEffect.Destructive);
            to.WriteBoolean("openWorldHint", tool.Effect == ToolEffect.Outward);
            to.WriteEndObject();
            to.WriteEndObject();
        }
        to.WriteEndArray();
    }

    private async Task<JsonElement> CallAsync(McpCall call, CancellationToken cancellation)
    {
        if (call.Parameter("name") is not { ValueKind: JsonValueKind.String } name) throw new McpFault(McpFault.InvalidParameters, "The name of a tool is missing.");
        var arguments = call.Parameter("arguments") ?? default;
        if (arguments.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined)) throw new McpFault(McpFault.InvalidParameters, "The arguments must be an object.");
        var id = Guid.NewGuid().ToString();
        var result = await door.Context.Tools.CallAsync(name.GetString()!, new ToolArguments(arguments), new ToolContext
        {
            Agent = _visit.Agent.Id,
            SessionKey = _visit.Key,
            RunId = id,
            CallId = id,
            Files = _visit.Agent.Files,
            Person = _visit.Person,
            // Nobody vouches for what a program sends: what reaches out is asked about.
            IsTainted = true,
        }, cancellation);
        return JsonElement.Parse(McpFrames.Object(to =>
        {
            // Text only, whatever it says: what a tool read is never made into a link or a file.
            to.WriteStartArray("content");
            to.WriteStartObject();
            to.WriteString("type", "text");
            to.WriteString("text", result.Text);
            to.WriteEndObject();
            to.WriteEndArray();
            to.WriteBoolean("isError", result.IsError);
        }));
    }
}
