namespace Appliance.Http.Mcp;

/// <summary>A fault of the transport as JSON-RPC tells it: it answers no request in particular.</summary>
internal sealed record McpError(McpErrorDetail Error)
{
    public string Jsonrpc { get; } = "2.0";
    public string? Id { get; }

    /// <summary>A fault of ours.</summary>
    public static McpError Of(ApiError error) => new(new McpErrorDetail(error.Status == StatusCodes.Status404NotFound ? -32001 : -32000, error.Message));
}

/// <summary>What went wrong.</summary>
internal sealed record McpErrorDetail(int Code, string Message);
