using System.Text.Json.Nodes;

namespace Appliance.Migration;

/// <summary>How an OpenClaw was reached and found (its <c>gateway.tailscale</c> and <c>discovery</c>), where it means the same here. Pure.</summary>
internal static class OpenClawReach
{
    private static readonly string[] TailscaleModes = ["serve", "funnel"], MdnsModes = ["minimal", "full"];

    /// <summary>What is set here.</summary>
    /// <param name="config">OpenClaw's configuration.</param>
    /// <param name="isLoopback">True where the gateway will listen on loopback, as what is reached by Tailscale must.</param>
    /// <param name="hasToken">True where a strong token is taken over.</param>
    /// <param name="leftOut">Takes what is not taken over.</param>
    public static IEnumerable<(string Path, string Value)> Of(JsonObject config, bool isLoopback, bool hasToken, List<LeftBehind> leftOut)
    {
        var (gateway, discovery) = (config["gateway"] as JsonObject, config["discovery"] as JsonObject);
        var (tailscale, mdns) = (gateway?["tailscale"] as JsonObject, discovery?["mdns"] as JsonObject);
        var (mode, told) = (Word(tailscale?["mode"]), Word(mdns?["mode"]));
        if (mode is not null and not "off")
        {
            const string at = "gateway.tailscale.mode";
            if (!TailscaleModes.Contains(mode)) leftOut.Add(new(at, $"'{mode}' has no counterpart here; there are off, serve and funnel"));
            else if (!isLoopback) leftOut.Add(new(at, $"{mode} needs gateway.bind to be loopback here"));
            else if (mode == "funnel" && !hasToken) leftOut.Add(new(at, "funnel would open this gateway to the whole Internet, and no strong token is taken over: set gateway.token, then `appliance network tailscale funnel`"));
            else yield return (at, mode);
        }
        foreach (var name in Others(tailscale)) leftOut.Add(new($"gateway.tailscale.{name}", "what is claimed of Tailscale here ends with the gateway, and has the machine's own name"));
        if (gateway?["auth"]?["allowTailscale"] is JsonValue allowed && allowed.TryGetValue(out bool isAllowed) && isAllowed)
            leftOut.Add(new("gateway.auth.allowTailscale", "here it lets people in by HTTP too: look at docs/network.md, then `appliance config set gateway.auth.allowTailscale true`"));

        if (told is not null and not "off")
        {
            if (MdnsModes.Contains(told)) yield return ("discovery.mdns.mode", told);
            else leftOut.Add(new("discovery.mdns.mode", $"'{told}' has no counterpart here; there are off, minimal and full"));
        }
        foreach (var name in Others(mdns)) leftOut.Add(new($"discovery.mdns.{name}", "it has no counterpart here"));
        foreach (var name in Names(discovery).Where(name => name != "mdns")) leftOut.Add(new($"discovery.{name}", "a gateway is found here in its own network alone"));
    }

    private static IEnumerable<string> Others(JsonObject? section) => Names(section).Where(name => name != "mode");

    private static IEnumerable<string> Names(JsonObject? section) => section?.Select(p => p.Key) ?? [];

    private static string? Word(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;
}
