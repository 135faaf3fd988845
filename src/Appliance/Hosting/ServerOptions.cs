using System.Net;
using Appliance.Config;
using Appliance.Gateway.Identity;
using Appliance.Network.Tailscale;
using Runtime.Hardware.Power;

namespace Appliance.Hosting;

/// <summary>How the server listens and what it takes. Immutable.</summary>
internal sealed record ServerOptions
{
    /// <summary>The port clients of this server expect.</summary>
    public const int DefaultPort = 18789;

    /// <summary>Address to listen on.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port to listen on; 0 takes a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Secret every request must carry; null on loopback alone, where WebSocket clients then need the one the gateway made itself.</summary>
    public string? Token { get; init; }

    /// <summary>Secret of those who may call <c>/hooks</c>; null shuts it.</summary>
    public string? HooksToken { get; init; }

    /// <summary>Whose JWTs are taken beside the token; null takes none.</summary>
    public JwtOptions? Jwt { get; init; }

    /// <summary>Makes a new token of the gateway's own; the old one is worth nothing from then on.</summary>
    public bool RenewToken { get; init; }

    /// <summary>Ends this server and starts it anew, when a client with the right asks for it; null where the process cannot do that.</summary>
    public Action? Restart { get; init; }

    /// <summary>Name of the model to load at start and to use for requests that name none; null leaves both to the store.</summary>
    public string? Model { get; init; }

    /// <summary>Largest body of a request, bytes.</summary>
    public long MaxBodyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Most bytes of bodies in flight at once: what they become in memory is a few times that.</summary>
    public long MaxBodyBytesInFlight { get; init; } = 64 * 1024 * 1024;

    /// <summary>Most requests with a body in flight at once; more get 503.</summary>
    public int MaxRequests { get; init; } = 256;

    /// <summary>What it was configured with; null where the gateway is to read that itself.</summary>
    public ConfigStore? Config { get; init; }

    /// <summary>What watches the machine's heat and battery, from the first model or the first question on; null where nobody does.</summary>
    public Lazy<PowerWatch>? Power { get; init; }

    /// <summary>How much the machine is spared now; not at all where nobody watches yet.</summary>
    public PowerState Spared => Power is { IsValueCreated: true, Value: var watch } ? watch.State : PowerState.Normal;

    /// <summary>Hears in a sentence what a person should know while it runs; null where nobody does.</summary>
    public Action<string>? Tell { get; init; }

    /// <summary>How it stands with what is claimed of Tailscale; null where nothing can be.</summary>
    public Func<ClaimState>? Tailnet { get; init; }

    /// <summary>The gateway's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long streams in flight may go on when the server stops.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(1);
}
