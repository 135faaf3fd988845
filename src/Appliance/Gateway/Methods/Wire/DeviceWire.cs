using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about devices send. Tokens never stand in these, except the one a rotation made.

internal sealed record DevicePairList(IReadOnlyList<PendingDeviceRow> Pending, IReadOnlyList<PairedDeviceRow> Paired) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("pending", Pending).Add("paired", Paired);
}

internal sealed record PendingDeviceRow(string RequestId, string DeviceId, string PublicKey, string Role, IReadOnlyList<string> Scopes, long Ts) : IPayload
{
    public string? DisplayName { get; init; }
    public string? Platform { get; init; }
    public string? DeviceFamily { get; init; }
    public string? ClientId { get; init; }
    public string? ClientMode { get; init; }
    public string? RemoteIp { get; init; }
    public IReadOnlyList<string> Roles => [Role];

    public void Write(PayloadWriter to) => to
        .Add("requestId", RequestId).Add("deviceId", DeviceId).Add("publicKey", PublicKey).Add("role", Role).Add("scopes", Scopes).Add("ts", Ts)
        .Add("displayName", DisplayName).Add("platform", Platform).Add("deviceFamily", DeviceFamily).Add("clientId", ClientId)
        .Add("clientMode", ClientMode).Add("remoteIp", RemoteIp).Add("roles", Roles);
}

internal sealed record PairedDeviceRow(string DeviceId, string PublicKey, IReadOnlyList<string> Roles, IReadOnlyList<string> Scopes) : IPayload
{
    public string? DisplayName { get; init; }
    public string? Platform { get; init; }
    public string? DeviceFamily { get; init; }
    public string? ClientId { get; init; }
    public string? ClientMode { get; init; }
    public string? Role => Roles.Count > 0 ? Roles[0] : null;
    public string? ApprovedVia { get; init; }
    public long CreatedAtMs { get; init; }
    public long ApprovedAtMs { get; init; }
    public bool Connected { get; init; }
    public IReadOnlyList<DeviceTokenRow> Tokens { get; init; } = [];

    public void Write(PayloadWriter to) => to
        .Add("deviceId", DeviceId).Add("publicKey", PublicKey).Add("roles", Roles).Add("scopes", Scopes).Add("displayName", DisplayName)
        .Add("platform", Platform).Add("deviceFamily", DeviceFamily).Add("clientId", ClientId).Add("clientMode", ClientMode).Add("role", Role)
        .Add("approvedVia", ApprovedVia).Add("createdAtMs", CreatedAtMs).Add("approvedAtMs", ApprovedAtMs).Add("connected", Connected)
        .Add("tokens", Tokens);
}

internal sealed record DeviceTokenRow(string Role, IReadOnlyList<string> Scopes, long CreatedAtMs, long? RotatedAtMs) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("role", Role).Add("scopes", Scopes).Add("createdAtMs", CreatedAtMs).Add("rotatedAtMs", RotatedAtMs);
}

internal sealed record DeviceApproved(string RequestId, PairedDeviceRow Device) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("requestId", RequestId).Add("device", Device);
}

internal sealed record DeviceRejected(string RequestId, string DeviceId) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("requestId", RequestId).Add("deviceId", DeviceId);
}

internal sealed record DeviceRemoved(string DeviceId) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("deviceId", DeviceId);
}

internal sealed record DeviceRenamed(string DeviceId, string DisplayName) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("deviceId", DeviceId).Add("displayName", DisplayName);
}

internal sealed record DeviceTokenRotated(string DeviceId, string Role, string Token, IReadOnlyList<string> Scopes, long RotatedAtMs) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("deviceId", DeviceId).Add("role", Role).Add("token", Token).Add("scopes", Scopes).Add("rotatedAtMs", RotatedAtMs);
}

internal sealed record DeviceTokenRevoked(string DeviceId, string Role, long RevokedAtMs) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("deviceId", DeviceId).Add("role", Role).Add("revokedAtMs", RevokedAtMs);
}

internal sealed record DevicePairResolved(string RequestId, string DeviceId, string Decision, long Ts) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("requestId", RequestId).Add("deviceId", DeviceId).Add("decision", Decision).Add("ts", Ts);
}
