using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Models.Egress;

/// <summary>
/// Which addresses are the public Internet. Everything set aside for machines themselves, private networks, documentation, tunnels and
/// tests is not (IANA's special-purpose registries), whatever it is wrapped in. Pure.
/// </summary>
public static class PublicAddress
{
    // Network, bits.
    private static readonly (uint Network, int Bits)[] NotPublic4 =
    [
        (0x00000000, 8), (0x0A000000, 8), (0x64400000, 10), (0x7F000000, 8), (0xA9FE0000, 16), (0xAC100000, 12), (0xC0000000, 24), (0xC0000200, 24),
        (0xC0586300, 24), (0xC0A80000, 16), (0xC6120000, 15), (0xC6336400, 24), (0xCB007100, 24), (0xE0000000, 4), (0xF0000000, 4),
        (0x646464C8, 32), // 100.100.100.200, a cloud's metadata
    ];

    /// <summary>True for an address of the public Internet.</summary>
    public static bool Is(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork) return Is4(address.GetAddressBytes());
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId != 0) return false;
        var bytes = address.GetAddressBytes();
        if (address.IsIPv4MappedToIPv6) return Is4(bytes.AsSpan(12));
        // 2000::/3 is what is given out; the rest (loopback, unique local, link-local, multicast, NAT64, IPv4-compatible) is not public.
        if ((bytes[0] & 0xE0) != 0x20) return false;
        return BinaryPrimitives.ReadUInt32BigEndian(bytes) switch
        {
            // Teredo, ORCHID and the like (2001::/23), documentation (2001:db8::/32 and 3fff::/20), 6to4 (2002::/16): an IPv4 address may be inside.
            var head when head >> 9 == 0x20010000 >> 9 => false,
            0x20010DB8 => false,
            var head when head >> 16 == 0x2002 => false,
            var head when head >> 12 == 0x3FFF0 => false,
            _ => true,
        };
    }

    private static bool Is4(ReadOnlySpan<byte> bytes)
    {
        var value = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        foreach (var (network, bits) in NotPublic4)
            if (value >> (32 - bits) == network >> (32 - bits)) return false;
        return true;
    }
}
