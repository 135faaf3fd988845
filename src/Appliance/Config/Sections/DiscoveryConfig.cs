using System.Text.Json.Serialization;

namespace Appliance.Config.Sections;

/// <summary>Section <c>discovery</c>: how this gateway is found. Immutable.</summary>
internal sealed record DiscoveryConfig(MdnsConfig? Mdns = null)
{
    [Setting("In the box's own network, by multicast DNS.")]
    public MdnsConfig Mdns { get; init; } = Mdns ?? new();
}

/// <summary>Section <c>discovery.mdns</c>. Immutable.</summary>
internal sealed record MdnsConfig(
    [property: Setting("off, minimal (name and port are told to everybody in the network), or full (the name in the tailnet and the program's path too). Never in offline mode.", Hot = true)]
    MdnsMode Mode = MdnsMode.Off,
    [property: Setting("Interfaces it is told on, such as eth0; all private networks by default.", Hot = true)]
    IReadOnlyList<string>? Interfaces = null);

/// <summary>What is told.</summary>
internal enum MdnsMode
{
    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("off")]
    Off,

    /// <summary>What is needed to connect.</summary>
    [JsonStringEnumMemberName("minimal")]
    Minimal,

    /// <summary>Hints for remote help too.</summary>
    [JsonStringEnumMemberName("full")]
    Full,
}
