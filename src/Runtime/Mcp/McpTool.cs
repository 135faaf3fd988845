using Runtime.Mcp.Definitions;
using Runtime.Tools;
using Runtime.Tools.Policy;

namespace Runtime.Mcp;

/// <summary>A tool of a server, as its owner approved it. What it answers was written by others.</summary>
internal sealed class McpTool : Tool
{
    private readonly McpServer _server;

    private McpTool(McpServer server, ToolDefinition definition, string name, string schema) : base(name, ToolText.Description(server.Settings.Name, definition.Description), schema) =>
        (_server, Definition) = (server, definition);

    /// <summary>What was approved.</summary>
    public ToolDefinition Definition { get; }

    /// <inheritdoc/>
    public override ToolEffect Effect => _server.Settings.EffectOf(Definition.SaysItReads);

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    /// <inheritdoc/>
    public override TimeSpan Limit => _server.Settings.Limits.Call + McpLimits.Start;

    /// <summary>The tool for a definition; null where none can be made of it: its name or schema is not to be used.</summary>
    public static McpTool? Of(McpServer server, ToolDefinition definition) =>
        NameOf(server.Settings.Name, definition.Name) is { } name && ToolText.Schema(definition.Schema) is { } schema ? new McpTool(server, definition, name, schema) : null;

    /// <summary>What a model calls a tool of a server, or null where it cannot.</summary>
    public static string? NameOf(string server, string tool)
    {
        // What models and their wires take as a function's name.
        var name = $"{server}__{string.Concat(tool.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'))}";
        return name.Length <= 64 ? name : null;
    }

    /// <inheritdoc/>
    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation) => _server.CallAsync(Definition, arguments, context.Progress, cancellation);
}
