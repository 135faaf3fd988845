using System.Net.WebSockets;

namespace Appliance.Gateway.Connections.WebSockets;

/// <summary>The client broke the rules of the wire; the connection closes with this code.</summary>
internal sealed class WebSocketFault(WebSocketCloseStatus code, string message) : Exception(message)
{
    /// <summary>The code it closes with.</summary>
    public WebSocketCloseStatus Code { get; } = code;

    /// <summary>A frame that RFC 6455 does not allow.</summary>
    public static WebSocketFault Protocol(string message) => new(WebSocketCloseStatus.ProtocolError, message);
}
