using System.Text;
using Appliance.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Appliance.Gateway.Connections.WebSockets;

/// <summary>The opening of a WebSocket, the server's side (RFC 6455, section 4.2). No extension and no subprotocol is ever agreed on.</summary>
internal static class WebSocketHandshake
{
    private const string Version = "13";

    /// <summary>Answers an upgrade request and gives the bytes that follow.</summary>
    /// <exception cref="ApiException">It asks for none, or wrongly; nothing has been answered yet.</exception>
    public static async Task<Stream> AcceptAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (!HttpMethods.IsGet(request.Method) || context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade || !AsksForWebSocket(request.Headers.Upgrade))
            throw ApiException.BadRequest("Only WebSocket upgrades are taken here.");
        if (request.Headers.SecWebSocketVersion != Version)
        {
            response.Headers.SecWebSocketVersion = Version;
            throw new ApiException(StatusCodes.Status426UpgradeRequired, "Only version 13 of WebSocket is spoken here.");
        }
        if (request.Headers.SecWebSocketKey is not [{ } key] || !IsKey(key)) throw ApiException.BadRequest("Sec-WebSocket-Key must be 16 bytes in base64.");
        response.Headers.Upgrade = "websocket";
        response.Headers.SecWebSocketAccept = Accept(key);
        return await upgrade.UpgradeAsync();
    }

    /// <summary>The answer to a key.</summary>
    public static string Accept(string key) => Convert.ToBase64String(Sha1.Hash(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));

    private static bool AsksForWebSocket(IEnumerable<string?> headers) =>
        headers.Any(header => header?.Split(',').Any(name => name.Trim().Equals("websocket", StringComparison.OrdinalIgnoreCase)) == true);

    private static bool IsKey(string key)
    {
        Span<byte> nonce = stackalloc byte[16];
        return key.Length == 24 && Convert.TryFromBase64String(key, nonce, out var length) && length == nonce.Length;
    }
}
