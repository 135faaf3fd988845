namespace Appliance.Config.Sections;

/// <summary>Section <c>tools</c> of an MCP server: which of them are taken. What denies wins. Immutable.</summary>
internal sealed record McpToolsConfig(
    [property: Setting("Tools that are taken, as the server names them; names may end in *. All by default.")]
    IReadOnlyList<string>? Allow = null,
    [property: Setting("Tools that are not.")]
    IReadOnlyList<string>? Deny = null);
