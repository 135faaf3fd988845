using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Models.Egress;

/// <summary>A network this machine is in, by one of its interfaces. Immutable.</summary>
/// <param name="Name">The interface, such as eth0.</param>
/// <param name="Index">Its number.</param>
/// <param name="Address">This machine's IPv4 address there.</param>
/// <param name="Network">The addresses of that network.</param>
/// <param name="Addresses">All of this machine's addresses there.</param>
public sealed record LanLink(string Name, int Index, IPAddress Address, IPNetwork Network, IReadOnlyList<IPAddress> Addresses)
{
    // Networks that lead to this machine's own guests, or elsewhere by a tunnel: nobody there looks for a box.
    private static readonly string[] NotLocal = ["docker", "br-", "veth", "virbr", "lxc", "vnet", "tailscale", "wg", "tun", "tap", "ppp", "zt"];

    /// <summary>The private networks this machine is in; or those of the interfaces that are named, whatever they are.</summary>
    /// <param name="names">Interfaces; null for all that are networks of people.</param>
    public static IReadOnlyList<LanLink> All(IReadOnlyList<string>? names)
    {
        List<LanLink> links = [];
        foreach (var adapter in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (names is not null ? !names.Contains(adapter.Name, StringComparer.Ordinal)
                : adapter.NetworkInterfaceType is NetworkInterfaceType.Loopback or NetworkInterfaceType.Ppp or NetworkInterfaceType.Tunnel || NotLocal.Any(start => adapter.Name.StartsWith(start, StringComparison.Ordinal))) continue;
            // Interfaces of some kinds never say that they are up.
            if (adapter.OperationalStatus is OperationalStatus.Down or OperationalStatus.NotPresent or OperationalStatus.LowerLayerDown) continue;
            var properties = adapter.GetIPProperties();
            var own = properties.UnicastAddresses.FirstOrDefault(a => a.Address.AddressFamily == AddressFamily.InterNetwork && (names is not null || IsPrivate(a.Address)));
            if (own is null) continue;
            links.Add(new LanLink(adapter.Name, properties.GetIPv4Properties().Index, own.Address, new IPNetwork(Masked(own.Address, own.PrefixLength), own.PrefixLength), [.. properties.UnicastAddresses.Select(a => Bare(a.Address)).Where(a => a.AddressFamily == AddressFamily.InterNetwork || !IPAddress.IsLoopback(a))]));
        }
        return links;
    }

    /// <summary>Equal where it is the same network with the same addresses.</summary>
    public bool Equals(LanLink? other) => other is not null && Name == other.Name && Index == other.Index && Network.Equals(other.Network) && Addresses.SequenceEqual(other.Addresses);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Index, Address);

    // RFC 1918 and RFC 3927: a public address on an interface is no home's network.
    private static bool IsPrivate(IPAddress address) => address.GetAddressBytes() is [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..] or [169, 254, ..];

    // Which interface an address of a link is on is this machine's own business, and in no record of it.
    private static IPAddress Bare(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;

    private static IPAddress Masked(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < 4; i++) bytes[i] &= (byte)(0xff << Math.Clamp(8 - (prefix - 8 * i), 0, 8));
        return new IPAddress(bytes);
    }
}
