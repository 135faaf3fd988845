using System.Buffers;
using System.Text.Json;
using Appliance.Hosting;
using Appliance.Http.Agents;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Runtime.Tools;

namespace Appliance.Http.Mcp;

/// <summary>The agent's tools as an MCP server: the same table and the same policy as in its turns.</summary>
internal sealed class McpTools(AgentDoor door)
{
    /// <summary>What a new session offers.</summary>
    public McpServerOptions Describe(HttpContext context)
    {
        // Whose it is does not change: a session is found by its owner alone. What they may is asked at every call.
        var visit = door.Enter(context, null, $"mcp:{Guid.NewGuid():N}", "mcp");
        return new McpServerOptions
        {
            ServerInfo = new Implementation { Name = "appliance", Version = ProductVersion.Text },
            Capabilities = new ServerCapabilities { Tools = new ToolsCapability() },
            Handlers = new McpServerHandlers
            {
                ListToolsHandler = (_, _) => ValueTask.FromResult(List(visit)),
                CallToolHandler = (request, cancellation) => CallAsync(visit, request.Params, cancellation),
            },
        };
    }

    private ListToolsResult List(AgentVisit visit) => new()
    {
        Tools = [.. door.Context.Tools.For(visit.Agent.Id, null, visit.Person).Select(tool => new ModelContextProtocol.Protocol.Tool
        {
            Name = tool.Name,
            Description = tool.Description,
            InputSchema = tool.JsonSchema,
            Annotations = new ToolAnnotations
            {
                ReadOnlyHint = tool.Effect == ToolEffect.Reads,
                DestructiveHint = tool.Effect == ToolEffect.Destructive,
                OpenWorldHint = tool.Effect == ToolEffect.Outward,
            },
        })],
    };

    private async ValueTask<CallToolResult> CallAsync(AgentVisit visit, CallToolRequestParams? call, CancellationToken cancellation)
    {
        var id = Guid.NewGuid().ToString();
        var result = await door.Context.Tools.CallAsync(call?.Name ?? "", ToArguments(call?.Arguments), new ToolContext
        {
            Agent = visit.Agent.Id,
            SessionKey = visit.Key,
            RunId = id,
            CallId = id,
            Files = visit.Agent.Files,
            Person = visit.Person,
            // Nobody vouches for what a program sends: what reaches out is asked about.
            IsTainted = true,
        }, cancellation);
        // Text only, whatever it says: what a tool read is never made into a link or a file.
        return new CallToolResult { Content = [new TextContentBlock { Text = result.Text }], IsError = result.IsError };
    }

    private static ToolArguments ToArguments(IDictionary<string, JsonElement>? arguments)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in arguments ?? new Dictionary<string, JsonElement>())
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return new ToolArguments(JsonElement.Parse(json.WrittenSpan));
    }
}
