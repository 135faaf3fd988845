using System.Globalization;
using System.Text.Json;
using Appliance.Client;

namespace Appliance.Network.Tailscale;

/// <summary>What <c>tailscale serve status --json</c> says is served (ipn.ServeConfig): claims in the foreground, and what somebody set up to stay. Immutable.</summary>
/// <param name="Sites">All of it that leads to a program of this machine.</param>
internal sealed record ServedSites(IReadOnlyList<ServedSite> Sites)
{
    /// <summary>Reads it; <c>null</c> and <c>{}</c> are nothing.</summary>
    public static ServedSites Read(JsonElement json) => new(
    [
        .. Of(json, false),
        .. Members(json, "Foreground").SelectMany(claim => Of(claim.Value, true)),
    ]);

    /// <summary>What leads to a port of this machine.</summary>
    public IEnumerable<ServedSite> To(int port) => Sites.Where(site => site.Port == port);

    private static IEnumerable<ServedSite> Of(JsonElement config, bool isClaim)
    {
        foreach (var host in Members(config, "Web"))
        {
            foreach (var handler in Members(host.Value, "Handlers"))
            {
                if (!Uri.TryCreate(handler.Value.Text("Proxy"), UriKind.Absolute, out var to) || !to.IsLoopback) continue;
                yield return new ServedSite(AddressOf(host.Name, handler.Name), to.Port, config.Member("AllowFunnel").Flag(host.Name), isClaim);
            }
        }
    }

    private static IEnumerable<JsonProperty> Members(JsonElement json, string name) => json.Member(name) is { ValueKind: JsonValueKind.Object } members ? members.EnumerateObject() : [];

    private static string AddressOf(string hostAndPort, string path)
    {
        var port = hostAndPort[(hostAndPort.LastIndexOf(':') + 1)..];
        var host = hostAndPort[..^(port.Length + 1)];
        var address = int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number != 443 ? $"https://{host}:{port}" : $"https://{host}";
        return TailscaleException.Clean(path == "/" ? address : address + path);
    }
}

/// <summary>Something that is served.</summary>
/// <param name="Address">Where others find it.</param>
/// <param name="Port">The port of this machine it leads to.</param>
/// <param name="IsPublic">True where the Internet reaches it (Funnel), false for the tailnet alone.</param>
/// <param name="IsClaim">True where it ends with the program that asked for it; false for what stays until somebody takes it away.</param>
internal sealed record ServedSite(string Address, int Port, bool IsPublic, bool IsClaim);
