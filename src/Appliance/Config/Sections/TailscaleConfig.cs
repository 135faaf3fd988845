using System.Text.Json.Serialization;

namespace Appliance.Config.Sections;

/// <summary>Section <c>gateway.tailscale</c>: how the gateway is reached by Tailscale. Immutable.</summary>
internal sealed record TailscaleConfig(
    [property: Setting("off, serve (the tailnet reaches the gateway by HTTPS) or funnel (the whole Internet does, and gateway.token is needed). What is claimed ends with the gateway.", Hot = true)]
    TailscaleMode Mode = TailscaleMode.Off,
    [property: Setting("Full path of Tailscale's command, where it is not where packages put it.", Hot = true)]
    string? Program = null);

/// <summary>Who reaches the gateway by Tailscale.</summary>
internal enum TailscaleMode
{
    /// <summary>Nobody.</summary>
    [JsonStringEnumMemberName("off")]
    Off,

    /// <summary>The tailnet.</summary>
    [JsonStringEnumMemberName("serve")]
    Serve,

    /// <summary>The Internet.</summary>
    [JsonStringEnumMemberName("funnel")]
    Funnel,
}
