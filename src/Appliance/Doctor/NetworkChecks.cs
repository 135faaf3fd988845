using Appliance.Config.Sections;
using Appliance.Network.Tailscale;
using Models;

namespace Appliance.Doctor;

/// <summary>What <c>doctor</c> looks at of how the gateway is reached from elsewhere.</summary>
internal static class NetworkChecks
{
    /// <summary>Every finding. Asks Tailscale and a gateway that runs; nothing where there is no Tailscale and none is asked for.</summary>
    public static async Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken cancellation)
    {
        var (config, mode) = (patient.Config.Config, patient.Config.Config.Gateway.Tailscale.Mode);
        if (mode == TailscaleMode.Off && TailscaleProgram.Find(config.Gateway.Tailscale.Program) is null) return [];
        GatewayClaim? gateway;
        try { gateway = await GatewayClaim.AskAsync(patient.Home, cancellation); }
        catch (ModelException) { gateway = null; }
        var report = await TailscaleReport.LookAsync(config, gateway, cancellation);
        var isOffline = Appliance.Config.Outbound.Of(patient.Config).Offline;
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
