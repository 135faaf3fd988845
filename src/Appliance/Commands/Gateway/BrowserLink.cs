using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Appliance.Client;

namespace Appliance.Commands.Gateway;

/// <summary>Links that open the gateway's page and let a browser in. What stands after the # stays in the browser: it is not sent, and stands in no server's log.</summary>
/// <param name="Url">The link.</param>
/// <param name="ExpiresAtMs">When it is worth nothing any more, milliseconds since 1970; null where it holds a token.</param>
internal sealed record BrowserLink(string Url, long? ExpiresAtMs)
{
    /// <summary>One with a token that is known.</summary>
    public static BrowserLink WithToken(string address, string token) => new($"{Reachable(address)}/#token={Uri.EscapeDataString(token)}", null);

    /// <summary>One with a code that lets one browser in, once, within ten minutes.</summary>
    /// <param name="client">A connection that may administer.</param>
    /// <param name="person">Whose browser it will be; null for the owner's.</param>
    /// <param name="address">Where the browser will find the gateway; null for where it listens.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public static async Task<BrowserLink> WithCodeAsync(GatewayClient client, string? person, string? address, CancellationToken cancellation)
    {
        var made = await client.RequestAsync("device.pair.setupCode", to => to
            .Add("bootstrapProfile", "operator").Add("person", person).Add("publicUrl", address).Add("includeQr", false), cancellation);
        var code = JsonElement.Parse(Base64Url.DecodeFromChars(made.Text("setupCode")));
        var url = made.Text("gatewayUrl")!;
        return new($"{(url.StartsWith("ws", StringComparison.Ordinal) ? $"http{url[2..]}" : url)}/#code={code.Text("bootstrapToken")}", made.Number("expiresAtMs"));
    }

    // What listens everywhere is no address that a browser opens.
    private static string Reachable(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && IPAddress.TryParse(uri.Host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
        ? $"{uri.Scheme}://127.0.0.1:{uri.Port}" : address.TrimEnd('/');
}
