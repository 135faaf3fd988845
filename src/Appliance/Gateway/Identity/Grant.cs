namespace Appliance.Gateway.Identity;

/// <summary>What a connection got.</summary>
/// <param name="Principal">Who it is and what it may do.</param>
/// <param name="DeviceToken">A token for the device to come back with, or null where it has one.</param>
/// <param name="IssuedAtMs">When that was made.</param>
internal sealed record Grant(Principal Principal, string? DeviceToken = null, long? IssuedAtMs = null);
