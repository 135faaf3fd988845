using System.Collections.ObjectModel;

namespace Appliance.Config.Sections;

/// <summary>Section <c>mcp</c>: servers of the Model Context Protocol. Immutable.</summary>
internal sealed record McpConfig(IReadOnlyDictionary<string, McpServerConfig>? Servers = null)
{
    [Setting("MCP servers whose tools agents may call, as NAME__TOOL, by their names.", Hot = true)]
    public IReadOnlyDictionary<string, McpServerConfig> Servers { get; init; } = Servers ?? ReadOnlyDictionary<string, McpServerConfig>.Empty;
}
