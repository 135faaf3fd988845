namespace Appliance.Http.Mcp;

/// <summary>An error that a request is answered with.</summary>
/// <param name="code">JSON-RPC's code.</param>
/// <param name="message">What went wrong, for whoever asked.</param>
internal sealed class McpFault(int code, string message) : Exception(message)
{
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParameters = -32602;
    public const int InternalError = -32603;

    /// <summary>JSON-RPC's code.</summary>
    public int Code { get; } = code;
}
