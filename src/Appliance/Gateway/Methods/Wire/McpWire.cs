using Appliance.Gateway.Protocol;
using Runtime.Mcp;

namespace Appliance.Gateway.Methods.Wire;

/// <summary>How it stands with an MCP server: of <c>mcp.status</c>.</summary>
internal sealed record McpServerRow(McpServerStatus Status) : IPayload
{
    /// <summary>The word for a state.</summary>
    public static string Word(McpState state) => state switch { McpState.Connected => "connected", McpState.Failed => "failed", _ => "idle" };

    public void Write(PayloadWriter to) => to
        .Add("name", Status.Name).Add("connection", Word(Status.State)).Add("tools", Status.Tools).Add("withheld", Status.Withheld).Add("unusable", Status.Unusable)
        .Add("problem", Status.Problem).Add("says", Status.Says.Length > 0 ? Status.Says : null);
}
