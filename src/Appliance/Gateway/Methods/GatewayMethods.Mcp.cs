using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

// Servers of the Model Context Protocol, as they stand. What is configured belongs to the configuration's methods.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Mcp =>
    [
        GatewayMethod.Of("mcp.status", Scope.Read, _ => FrameWriter.Payload(to => to.Add("servers", _context.Mcp.Status().Select(status => new McpServerRow(status)).ToList()))) with { IsAdvertised = false },
    ];
}
