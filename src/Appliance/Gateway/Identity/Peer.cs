using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Appliance.Gateway.Identity;

/// <summary>The other end of a connection, by what the kernel says and not by what it claims.</summary>
/// <param name="Address">Its address; null where it came by the Unix socket.</param>
/// <param name="IsDirectLoopback">True for a program of this machine that nobody stands in front of.</param>
/// <param name="IsOwner">True for a program of the gateway's own user that came by the Unix socket (docs/adr/0006).</param>
internal sealed record Peer(IPAddress? Address, bool IsDirectLoopback, bool IsOwner = false)
{
    // A proxy on this machine makes the whole world look like loopback; it gives itself away by one of these.
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Tailscale-User-Login"];

    /// <summary>The peer of a request.</summary>
    public static Peer Of(HttpContext context)
    {
        var proxied = ProxyHeaders.Any(context.Request.Headers.ContainsKey);
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { AddressFamily: AddressFamily.Unix } socket)
        {
            var owner = !proxied && PeerCredentials.IsOwner(socket);
            return new Peer(null, owner, owner);
        }
        var address = context.Connection.RemoteIpAddress;
        var loopback = address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
        return new Peer(address, loopback && !proxied);
    }
}
