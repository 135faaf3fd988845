using System.Net;
using Appliance.Config.Document;
using Appliance.Config.Sections;

namespace Appliance.Config;

/// <summary>What the settings of how the gateway is reached say against each other. Pure.</summary>
internal static class NetworkCheck
{
    /// <summary>Everything that is wrong with them.</summary>
    public static IEnumerable<(ConfigPath Path, string Fault)> Of(ApplianceConfig config)
    {
        var gateway = config.Gateway;
        var (mode, program) = (ConfigPath.Parse("gateway.tailscale.mode"), gateway.Tailscale.Program);
        if (program is not null && !Path.IsPathFullyQualified(program)) yield return (ConfigPath.Parse("gateway.tailscale.program"), $"is {program}, which is no full path");
        if (gateway.Tailscale.Mode == TailscaleMode.Off) yield break;
        if (gateway.Tailscale.Mode == TailscaleMode.Funnel && gateway.Auth.AllowTailscale)
            yield return (mode, "is funnel, and gateway.auth.allowTailscale is on: who comes from the Internet has no login there, and the gateway that is open to it believes none. Set that to false first");
        if (gateway.Tailscale.Mode == TailscaleMode.Funnel && gateway.Token is null)
            yield return (mode, "is funnel, which would open this gateway to the whole Internet without a secret: set gateway.token too");
        // Tailscale's daemon comes by loopback; what else could come by another address would pass it by.
        if (gateway.Bind is not ("loopback" or "localhost") && !(IPAddress.TryParse(gateway.Bind, out var bind) && IPAddress.Loopback.Equals(bind)))
            yield return (mode, $"needs gateway.bind to be loopback, and it is {gateway.Bind}");
    }
}
