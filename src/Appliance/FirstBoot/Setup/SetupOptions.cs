using System.Net;
using Appliance.FirstBoot.Settings;

namespace Appliance.FirstBoot.Setup;

/// <summary>What the setup page is made of. Immutable.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Zones">The folder with the system's time zones.</param>
/// <param name="Take">Takes the answers, durably.</param>
internal sealed record SetupOptions(IPAddress Address, string Zones, Action<FirstBootSettings> Take)
{
    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; } = 80;

    /// <summary>The device that alone reaches it; null for all.</summary>
    public string? Device { get; init; }

    /// <summary>Networks that the radio sees.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>Time zones to choose from.</summary>
    public IReadOnlyList<string> ZoneNames { get; init; } = [];

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
