using Appliance.Config.Sections;

namespace Appliance.Network.Tailscale;

/// <summary>How it stands with what the gateway claims of Tailscale. Immutable.</summary>
/// <param name="Mode">What is asked for.</param>
internal sealed record ClaimState(TailscaleMode Mode)
{
    /// <summary>Nothing is asked for.</summary>
    public static ClaimState None { get; } = new(TailscaleMode.Off);

    /// <summary>What is asked for, as the configuration and Tailscale have it.</summary>
    public string Word => Mode switch { TailscaleMode.Serve => "serve", TailscaleMode.Funnel => "funnel", _ => "off" };

    /// <summary>This machine's name in its tailnet, while a claim is tried or in force; requests that come by it are for the gateway.</summary>
    public string? Host { get; init; }

    /// <summary>Where the gateway is found, where the claim is in force.</summary>
    public string? Address { get; init; }

    /// <summary>Why it is not in force; null where it is, or nothing is asked for.</summary>
    public string? Problem { get; init; }

    /// <summary>Who logged this machine in; null where nobody in person did.</summary>
    public string? Login { get; init; }
}
