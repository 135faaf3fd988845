using Models;

namespace Runtime.Mcp;

/// <summary>Why a server of MCP could not do what was asked of it.</summary>
public sealed class McpException : ModelException
{
    /// <summary>Creates the error with its message.</summary>
    public McpException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>True where the server knows nothing of the session any more: what was sent was not done, and a new session may do it.</summary>
    public bool IsSessionOver { get; init; }
}
