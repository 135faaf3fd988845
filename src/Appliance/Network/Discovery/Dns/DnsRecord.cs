using System.Net;

namespace Appliance.Network.Discovery.Dns;

/// <summary>A record. Which of its data is there depends on its kind. Immutable.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Type">Its kind.</param>
/// <param name="Ttl">Seconds it may be kept; 0 takes it back.</param>
internal sealed record DnsRecord(DnsName Name, DnsType Type, uint Ttl)
{
    /// <summary>What a PTR leads to, or the host of an SRV.</summary>
    public DnsName? Target { get; init; }

    /// <summary>The port of an SRV.</summary>
    public ushort Port { get; init; }

    /// <summary>The texts of a TXT, each <c>key=value</c>.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>The address of an A or AAAA.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>True where nobody else may have a record of this name and kind (RFC 6762, section 10.2).</summary>
    public bool IsUnique { get; init; }

    /// <summary>True where the data is the same, however long it may be kept.</summary>
    public bool IsSameAs(DnsRecord other) => Name.Equals(other.Name) && HasSameData(other);

    /// <summary>True where kind and data are the same.</summary>
    public bool HasSameData(DnsRecord other) => Type == other.Type && Port == other.Port && Equals(Target, other.Target) && Equals(Address, other.Address) && Texts.SequenceEqual(other.Texts, StringComparer.Ordinal);

    /// <summary>A PTR.</summary>
    public static DnsRecord Pointer(DnsName name, DnsName target, uint ttl) => new(name, DnsType.Ptr, ttl) { Target = target };

    /// <summary>An SRV.</summary>
    public static DnsRecord Service(DnsName name, DnsName host, int port, uint ttl) => new(name, DnsType.Srv, ttl) { Target = host, Port = (ushort)port, IsUnique = true };

    /// <summary>A TXT.</summary>
    public static DnsRecord Text(DnsName name, IReadOnlyList<string> texts, uint ttl) => new(name, DnsType.Txt, ttl) { Texts = texts, IsUnique = true };

    /// <summary>An A or AAAA.</summary>
    public static DnsRecord Host(DnsName name, IPAddress address, uint ttl) =>
        new(name, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa, ttl) { Address = address, IsUnique = true };
}

/// <summary>A question.</summary>
/// <param name="Name">What about.</param>
/// <param name="Type">Which kind; <see cref="DnsType.Any"/> for all.</param>
/// <param name="WantsUnicast">True where whoever asks would have the answer alone (RFC 6762, section 5.4).</param>
internal sealed record DnsQuestion(DnsName Name, DnsType Type, bool WantsUnicast = false);
