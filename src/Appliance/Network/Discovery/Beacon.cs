using System.Net;
using System.Text;
using Appliance.Config.Sections;
using Appliance.Network.Discovery.Dns;
using Appliance.Network.Tailscale;

namespace Appliance.Network.Discovery;

/// <summary>
/// What a gateway says of itself to its network, in OpenClaw's terms: a service of the kind <c>_openclaw-gw._tcp</c> (RFC 6763) with hints in its TXT record.
/// None of it is a secret, and none of it is proof of anything. Immutable.
/// </summary>
/// <param name="Name">How people know the box.</param>
/// <param name="Port">The port the gateway listens on.</param>
internal sealed record Beacon(string Name, int Port)
{
    /// <summary>Seconds that records with an address or port in them, and others, may be kept (RFC 6762, section 10).</summary>
    public const uint ShortTtl = 120, LongTtl = 4500;

    /// <summary>The kind of service.</summary>
    public static readonly DnsName Kind = DnsName.Of("_openclaw-gw._tcp.local");

    // What is asked by those who look for services of any kind (RFC 6763, section 9).
    private static readonly DnsName Kinds = DnsName.Of("_services._dns-sd._udp.local");

    /// <summary>True where other machines reach the port.</summary>
    public bool IsReachable { get; init; }

    /// <summary>More hints, each <c>key=value</c>.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];

    /// <summary>The beacon of this machine's gateway.</summary>
    /// <param name="mode">How much it says.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="tailnet">How it stands with Tailscale.</param>
    public static Beacon Of(MdnsMode mode, Uri address, ClaimState tailnet) => new(Environment.MachineName, address.Port)
    {
        IsReachable = !address.IsLoopback,
        Hints = mode != MdnsMode.Full ? [] : [.. new[] { ("tailnetDns", tailnet.Address is null ? null : tailnet.Host), ("cliPath", Environment.ProcessPath) }.Where(hint => hint.Item2 is not null).Select(hint => $"{hint.Item1}={hint.Item2}")],
    };

    /// <summary>The records of one network.</summary>
    /// <param name="attempt">0 for the name itself; more for names beside one that somebody has: <c>box (2)</c>, <c>box-2.local</c>.</param>
    /// <param name="addresses">This machine's addresses there.</param>
    public IReadOnlyList<DnsRecord> Records(int attempt, IEnumerable<IPAddress> addresses)
    {
        var host = new DnsName([Cut(HostLabel(Name), attempt == 0 ? "" : $"-{attempt + 1}"), "local"]);
        var instance = new DnsName([Cut($"{Name} (OpenClaw gateway)", attempt == 0 ? "" : $" ({attempt + 1})"), .. Kind.Labels]);
        string[] texts = ["role=gateway", "transport=gateway", $"displayName={Name}", $"lanHost={host}", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"gatewayPort={Port}"), .. IsReachable ? ["gatewayDirectReachable=1"] : Array.Empty<string>(), .. Hints];
        return
        [
            DnsRecord.Pointer(Kinds, Kind, LongTtl), DnsRecord.Pointer(Kind, instance, LongTtl), DnsRecord.Service(instance, host, Port, ShortTtl),
            DnsRecord.Text(instance, [.. texts.Where(text => Encoding.UTF8.GetByteCount(text) <= 255)], LongTtl), .. addresses.Select(address => DnsRecord.Host(host, address, ShortTtl)),
        ];
    }

    /// <summary>Equal where all of it is.</summary>
    public bool Equals(Beacon? other) => other is not null && Name == other.Name && Port == other.Port && IsReachable == other.IsReachable && Hints.SequenceEqual(other.Hints, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Port, IsReachable);

    private static string HostLabel(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-')).Trim('-') is { Length: > 0 } label ? label : "appliance";

    // As many whole characters as fit in a label before what tells it from others.
    private static string Cut(string text, string ending)
    {
        while (Encoding.UTF8.GetByteCount(text) + ending.Length > DnsName.LongestLabel) text = text[..^(text.Length > 1 && char.IsLowSurrogate(text[^1]) ? 2 : 1)];
        return text + ending;
    }
}
