using System.Text.Json;

namespace Appliance.Gateway.Methods;

// What the methods about devices and nodes send. Tokens never stand in these, except the one a rotation made.

internal sealed record DevicePairList(IReadOnlyList<PendingDeviceRow> Pending, IReadOnlyList<PairedDeviceRow> Paired);

internal sealed record PendingDeviceRow(string RequestId, string DeviceId, string PublicKey, string Role, IReadOnlyList<string> Scopes, long Ts)
{
    public string? DisplayName { get; init; }
    public string? Platform { get; init; }
    public string? DeviceFamily { get; init; }
    public string? ClientId { get; init; }
    public string? ClientMode { get; init; }
    public string? RemoteIp { get; init; }
    public IReadOnlyList<string> Roles => [Role];
}

internal sealed record PairedDeviceRow(string DeviceId, string PublicKey, IReadOnlyList<string> Roles, IReadOnlyList<string> Scopes)
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
}

internal sealed record DeviceTokenRow(string Role, IReadOnlyList<string> Scopes, long CreatedAtMs, long? RotatedAtMs);

internal sealed record DeviceApproved(string RequestId, PairedDeviceRow Device);

internal sealed record DeviceRejected(string RequestId, string DeviceId);

internal sealed record DeviceRemoved(string DeviceId);

internal sealed record DeviceRenamed(string DeviceId, string DisplayName);

internal sealed record DeviceTokenRotated(string DeviceId, string Role, string Token, IReadOnlyList<string> Scopes, long RotatedAtMs);

internal sealed record DeviceTokenRevoked(string DeviceId, string Role, long RevokedAtMs);

internal sealed record DevicePairResolved(string RequestId, string DeviceId, string Decision, long Ts);

internal sealed record NodePairList(IReadOnlyList<PendingNodeRow> Pending, IReadOnlyList<PairedNodeRow> Paired);

internal sealed record PendingNodeRow(string RequestId, string NodeId, IReadOnlyList<string> Caps, IReadOnlyList<string> Commands, long Ts)
{
    public string? DisplayName { get; init; }
    public string? Platform { get; init; }
    public string? Version { get; init; }
}

internal sealed record PairedNodeRow(string NodeId, IReadOnlyList<string> Caps, IReadOnlyList<string> Commands)
{
    public string? DisplayName { get; init; }
    public long CreatedAtMs { get; init; }
    public long ApprovedAtMs { get; init; }
}

internal sealed record NodeApproved(string RequestId, PairedNodeRow Node);

internal sealed record NodeResolved(string RequestId, string NodeId, string Decision, long Ts);

internal sealed record NodeRemoved(string NodeId);

internal sealed record NodeList(long Ts, IReadOnlyList<NodeRow> Nodes);

internal sealed record NodeRow(string NodeId, IReadOnlyList<string> Caps, IReadOnlyList<string> Commands)
{
    /// <summary>Set where the node is the whole answer.</summary>
    public long? Ts { get; init; }
    public string? DisplayName { get; init; }
    public string? Platform { get; init; }
    public string? Version { get; init; }
    public string? ClientId { get; init; }
    public string? ClientMode { get; init; }
    public string? DeviceFamily { get; init; }
    public required string ApprovalState { get; init; }
    public bool Paired { get; init; }
    public bool Connected { get; init; }
    public long? ConnectedAtMs { get; init; }
}

internal sealed record NodeRenamed(string NodeId, string DisplayName);

internal sealed record NodeInvokeRequest(string Id, string NodeId, string Command, string? ParamsJSON, long TimeoutMs, string IdempotencyKey);

internal sealed record NodeInvoked(bool Ok, string NodeId, string Command, JsonElement? Payload, string? PayloadJSON);

internal sealed record NodeEventHandled(bool Ok, string Event, bool Handled, string? Reason);

internal sealed record NodeSkills(string NodeId, IReadOnlyList<string> Skills);

internal sealed record NodeTools(string NodeId, IReadOnlyList<string> Tools);
