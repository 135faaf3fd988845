namespace Appliance.Gateway.Identity;

/// <summary>A device that waits for an operator to approve it.</summary>
/// <param name="RequestId">What the operator names.</param>
/// <param name="Device">What it would become.</param>
/// <param name="Role">The role it asked for.</param>
/// <param name="Scopes">The scopes it asked for.</param>
/// <param name="Reason">not-paired, role-upgrade, scope-upgrade or metadata-upgrade.</param>
/// <param name="RemoteIp">Where it asked from.</param>
/// <param name="Ts">When, Unix milliseconds.</param>
internal sealed record PendingDevice(
    string RequestId, PairedDevice Device, string Role, IReadOnlyList<string> Scopes, string Reason, string? RemoteIp, long Ts);

/// <summary>A node whose capabilities wait for an operator to approve them.</summary>
internal sealed record PendingNode(string RequestId, string NodeId, IReadOnlyList<string> Caps, IReadOnlyList<string> Commands, string? DisplayName, string? Platform, string? Version, long Ts);
