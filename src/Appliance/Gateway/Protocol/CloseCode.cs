using System.Net.WebSockets;

namespace Appliance.Gateway.Protocol;

/// <summary>WebSocket close codes as the protocol uses them (PROTOCOL.md §2).</summary>
internal static class CloseCode
{
    /// <summary>The client went by itself, or nothing was wrong.</summary>
    public const WebSocketCloseStatus Normal = WebSocketCloseStatus.NormalClosure;

    /// <summary>No protocol in common.</summary>
    public const WebSocketCloseStatus ProtocolMismatch = WebSocketCloseStatus.ProtocolError;

    /// <summary>Refused: identity, rules, or too much of something.</summary>
    public const WebSocketCloseStatus Policy = WebSocketCloseStatus.PolicyViolation;

    /// <summary>A frame above the limit.</summary>
    public const WebSocketCloseStatus TooBig = WebSocketCloseStatus.MessageTooBig;

    /// <summary>The gateway goes away; clients come back.</summary>
    public const WebSocketCloseStatus Restart = (WebSocketCloseStatus)1012;

    /// <summary>No room for another connection now.</summary>
    public const WebSocketCloseStatus TryLater = (WebSocketCloseStatus)1013;

    /// <summary>The identity behind the connection lost its rights.</summary>
    public const WebSocketCloseStatus AuthChanged = (WebSocketCloseStatus)4001;
}
