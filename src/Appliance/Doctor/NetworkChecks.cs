using System.Net;
using Appliance.Config;
using Appliance.Config.Sections;
using Appliance.Network.Tailscale;
using Models;

namespace Appliance.Doctor;

/// <summary>What <c>doctor</c> looks at of how the gateway is reached from elsewhere.</summary>
internal static class NetworkChecks
{
    /// <summary>Every finding. Asks Tailscale and a gateway that runs; nothing where there is no Tailscale and none is asked for, or the gateway is not to be found by mDNS.</summary>
    public static async Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken cancellation) => [.. Discovery(patient), .. await TailscaleAsync(patient, cancellation)];

    private static IEnumerable<Finding> Discovery(Patient patient)
    {
        var (mdns, bind) = (patient.Config.Config.Discovery.Mdns, patient.Config.Config.Gateway.Bind);
        if (mdns.Mode == MdnsMode.Off) yield break;
        if (Outbound.Of(patient.Config).Offline) yield return new Finding("discovery", Severity.Warning, "discovery.mdns.mode is set, and offline mode is on", "Nothing is said in the network in offline mode.", "`appliance config unset discovery.mdns.mode`, or `appliance config unset network.offline`.");
        else if (patient.Links(mdns.Interfaces) is not { Count: > 0 } links)
            yield return new Finding("discovery", Severity.Warning, $"this machine is in no private network{(mdns.Interfaces is null ? "" : $" by {string.Join(", ", mdns.Interfaces)}")}", "There is nobody to be found by.", "It is looked for again by itself; `discovery.mdns.interfaces` names others.");
        else if (!IPAddress.TryParse(bind, out var address) || IPAddress.IsLoopback(address))
            yield return new Finding("discovery", Severity.Warning, "the gateway is found in the network and cannot be reached from there: it listens on this machine alone", "Whoever finds it gets no answer.", "A token (gateway.token) and `appliance config set gateway.bind 0.0.0.0`; or `appliance config unset discovery.mdns.mode`.");
        else yield return Finding.Ok("discovery", $"the gateway is shown in the network of {string.Join(", ", links.Select(link => link.Name))} while it runs");
    }

    private static async Task<IReadOnlyList<Finding>> TailscaleAsync(Patient patient, CancellationToken cancellation)
    {
        var (config, mode) = (patient.Config.Config, patient.Config.Config.Gateway.Tailscale.Mode);
        if (mode == TailscaleMode.Off && TailscaleProgram.Find(config.Gateway.Tailscale.Program) is null) return [];
        GatewayClaim? gateway;
        try { gateway = await GatewayClaim.AskAsync(patient.Home, cancellation); }
        catch (ModelException) { gateway = null; }
        var report = await TailscaleReport.LookAsync(config, gateway, cancellation);
        var isOffline = Outbound.Of(patient.Config).Offline;
        return [State(report, mode, isOffline), .. report.Sites.Select(site => Site(site, config.Gateway.Token is not null))];
    }

    private static Finding State(TailscaleReport report, TailscaleMode mode, bool isOffline)
    {
        if (mode == TailscaleMode.Off) return report.Problem is null ? Finding.Ok("tailscale", $"{report.Status!.Version}, connected as {report.Status.Name}; this gateway claims nothing") : new Finding("tailscale", Severity.Info, report.Problem.Message);
        if (isOffline) return new Finding("tailscale", Severity.Warning, "gateway.tailscale.mode is set, and offline mode is on", "Nothing is claimed of Tailscale in offline mode.", "`appliance network tailscale off`, or `appliance config unset network.offline`.");
        if (report.Problem is not null) return new Finding("tailscale", Severity.Warning, report.Problem.Message, "Nobody reaches the gateway by it.");
        if (report.Gateway is null) return Finding.Ok("tailscale", $"connected as {report.Status!.Name}; it is claimed when the gateway runs");
        return report.Gateway.Address is { } address ? Finding.Ok("tailscale", $"{report.Status!.Version}, {address} is claimed")
            : new Finding("tailscale", Severity.Warning, $"the gateway has claimed nothing: {report.Gateway.Problem ?? "it is still trying"}", "Nobody reaches the gateway by Tailscale.", "It tries again by itself.");
    }

    private static Finding Site(ServedSite site, bool hasToken) => site switch
    {
        { IsPublic: true } when !hasToken => new Finding("funnel", Severity.Critical, $"{site.Address} brings the whole Internet here, and there is no gateway.token", "Programs that come as this machine's own need none.", "`sudo tailscale funnel reset`, or set gateway.token and restart the gateway."),
        { IsPublic: true } => new Finding("funnel", Severity.Info, $"{site.Address} brings the whole Internet here", "Whoever finds it may try tokens.", "`appliance network tailscale serve` where your own devices are enough."),
        { IsClaim: false } => new Finding("serve", Severity.Info, $"{site.Address} leads here and was set up by hand", "It stays when the gateway ends, and whatever takes the port then is found there.", "`sudo tailscale serve reset`, then `appliance network tailscale serve`."),
        _ => Finding.Ok("serve", $"{site.Address} is for the tailnet alone"),
    };
}
