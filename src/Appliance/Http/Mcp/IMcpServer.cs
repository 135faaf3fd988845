using System.Text.Json;

namespace Appliance.Http.Mcp;

/// <summary>What a session offers beside the protocol's own <c>initialize</c> and <c>ping</c>. Safe for several threads.</summary>
internal interface IMcpServer
{
    /// <summary>Its <c>ServerCapabilities</c>.</summary>
    JsonElement Capabilities { get; }

    /// <summary>Answers a request with its <c>result</c>.</summary>
    /// <exception cref="McpFault">It is answered with that instead.</exception>
    Task<JsonElement> AnswerAsync(McpCall call, CancellationToken cancellation);
}
