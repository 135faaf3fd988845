namespace Appliance.Config.Sections;

/// <summary>Section <c>gateway.auth</c>: what beside tokens proves who somebody is. Immutable.</summary>
internal sealed record AuthConfig(
    [property: Setting("Whether people who come by tailscale serve are who Tailscale says they are, without a token: whoever logged this machine in is the owner, and others who people.*.tailnet names. Programs of this machine that run as root could say so too.", Hot = true)]
    bool AllowTailscale = false);
