using System.Net;
using System.Text.Json;
using Appliance.Client;

namespace Appliance.Network.Tailscale;

/// <summary>What <c>tailscale status --json</c> says of this machine (ipnstate.Status). Other fields, and those that are missing, do not matter. Immutable.</summary>
internal sealed record TailscaleStatus
{
    /// <summary>The command's version.</summary>
    public required Version Version { get; init; }

    /// <summary>NoState, NeedsLogin, NeedsMachineAuth, Stopped, Starting or Running.</summary>
    public required string State { get; init; }

    /// <summary>Where somebody logs in, where the daemon waits for that.</summary>
    public string? LoginUrl { get; init; }

    /// <summary>This machine's whole name in its tailnet (MagicDNS), without a dot at its end; null where it has none.</summary>
    public string? Name { get; init; }

    /// <summary>Its addresses in the tailnet.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>Who logged it in, such as alice@example.com; null where it carries tags and so is nobody's.</summary>
    public string? Login { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Names for which the tailnet gets certificates; none where HTTPS is off for it.</summary>
    public IReadOnlyList<string> CertificateNames { get; init; } = [];

    /// <summary>What the daemon finds wrong.</summary>
    public IReadOnlyList<string> Health { get; init; } = [];

    /// <summary>True where it is connected.</summary>
    public bool IsRunning => State == "Running";

    /// <summary>Reads it.</summary>
    /// <exception cref="TailscaleException">It is none.</exception>
    public static TailscaleStatus Read(JsonElement json, Version version)
    {
        if (json.Text("BackendState") is not { Length: > 0 } state)
            throw new TailscaleException(TailscaleFault.Other, "`tailscale status --json` answered something else than a status. Is it Tailscale's command?");
        var self = json.Member("Self");
        IReadOnlyList<string> tags = [.. self.Texts("Tags")];
        return new()
        {
            Version = version,
            State = state,
            LoginUrl = json.Text("AuthURL") is { Length: > 0 } url ? url : null,
            Name = self.Text("DNSName")?.TrimEnd('.') is { Length: > 0 } name && Uri.CheckHostName(name) == UriHostNameType.Dns ? name.ToLowerInvariant() : null,
            Addresses = [.. json.Texts("TailscaleIPs").Select(text => IPAddress.TryParse(text, out var address) ? address : null).OfType<IPAddress>()],
            Login = tags.Count == 0 && self.Number("UserID") is { } id ? json.Member("User").Member($"{id}").Text("LoginName") : null,
            Tags = tags,
            CertificateNames = [.. json.Texts("CertDomains")],
            Health = [.. json.Texts("Health")],
        };
    }

    /// <summary>What keeps this machine out of its tailnet; null where it is in it.</summary>
    public TailscaleException? Problem => State switch
    {
        "Running" => null,
        "NeedsLogin" or "NoState" => TailscaleException.LoggedOut(LoginUrl),
        "NeedsMachineAuth" => new(TailscaleFault.NotConnected, "This machine waits to be let into its tailnet, because an administrator approves new ones there. Approve it at https://login.tailscale.com/admin/machines."),
        "Stopped" => new(TailscaleFault.NotConnected, "Tailscale is logged in, but stopped. `appliance network tailscale up` connects it."),
        "Starting" => new(TailscaleFault.NotConnected, "Tailscale is starting and not connected yet. Try again in a moment; without a network it stays that way."),
        _ => new(TailscaleFault.NotConnected, $"Tailscale is in a state that this program does not know: {TailscaleException.Clean(State)}. `tailscale status` may say more."),
    };

    /// <summary>This machine's name in its tailnet.</summary>
    /// <exception cref="TailscaleException">It is not connected, or has no name.</exception>
    public string RequireName()
    {
        if (Problem is { } problem) throw problem;
        return Name ?? throw new TailscaleException(TailscaleFault.Other, "This machine has no name in its tailnet, because MagicDNS is off there. Turn it on at https://login.tailscale.com/admin/dns.");
    }
}
