using System.Net;
using System.Net.Sockets;
using Appliance.Gateway.Identity.Visitors;
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

    /// <summary>What became of headers that say who comes by Tailscale; null where there are none, or they do not count.</summary>
    public TailnetVisit? Visit { get; init; }

    /// <summary>Where it is, roughly: what the audit log keeps of an address.</summary>
    public string AddressClass => IsDirectLoopback ? "this machine" : Address is null ? "unknown" : ClassOf(Address.IsIPv4MappedToIPv6 ? Address.MapToIPv4() : Address);

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
        var visit = context.Features.Get<TailnetVisit>();
        return new Peer(visit?.Address ?? address, loopback && !proxied) { Visit = visit };
    }

    private static string ClassOf(IPAddress address)
    {
        if (IPAddress.IsLoopback(address)) return "a proxy on this machine";
        var bytes = address.GetAddressBytes();
        // Tailscale's own prefix.
        if (bytes is [0xfd, 0x7a, 0x11, 0x5c, 0xa1, 0xe0, ..]) return "tailnet";
        if (bytes.Length == 16) return address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal ? "private network" : "internet";
        return bytes switch
        {
            [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..] or [169, 254, ..] => "private network",
            // RFC 6598: carriers', and Tailscale's.
            [100, >= 64 and <= 127, ..] => "tailnet",
            _ => "internet",
        };
    }
}
