using System.Net;
using Appliance.Network.Discovery.Dns;

namespace Appliance.Network.Discovery;

/// <summary>A gateway that said it is there. Anybody in the network can say so: none of this is proof. Immutable.</summary>
/// <param name="Instance">Its whole name.</param>
/// <param name="Host">The name of its machine.</param>
/// <param name="Port">The port it says it listens on.</param>
/// <param name="Addresses">Its machine's addresses, IPv4 first.</param>
/// <param name="Hints">What else it says, each <c>key=value</c>.</param>
internal sealed record FoundGateway(DnsName Instance, string Host, int Port, IReadOnlyList<IPAddress> Addresses, IReadOnlyList<string> Hints)
{
    /// <summary>What it says under a key, or null.</summary>
    public string? Hint(string key) => Hints.FirstOrDefault(hint => hint.StartsWith(key + "=", StringComparison.OrdinalIgnoreCase))?[(key.Length + 1)..];

    /// <summary>Where a client would connect, by what was resolved and not by hints; null where it has no address.</summary>
    public string? Address => Addresses.Count == 0 ? null : $"{(Hint("gatewayTls") == "1" ? "wss" : "ws")}://{new IPEndPoint(Addresses[0], Port)}";
}
