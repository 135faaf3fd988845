using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

// Devices: who waits, who is in, and their tokens. Every decision stands in the log.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Devices =>
    [
        GatewayMethod.Of("device.pair.list", Scope.Pairing, _ => FrameWriter.Payload(
            new DevicePairList([.. _context.Pairing.PendingDevices.Select(ToRow)], [.. _context.Pairing.Devices.Select(ToRow)]))),
        GatewayMethod.Of("device.pair.approve", Scope.Pairing, ApproveDevice),
        GatewayMethod.Of("device.pair.reject", Scope.Pairing, RejectDevice),
        GatewayMethod.Of("device.pair.remove", Scope.Pairing, RemoveDevice),
        GatewayMethod.Of("device.pair.rename", Scope.Pairing, RenameDevice),
        GatewayMethod.Of("device.token.rotate", Scope.Pairing, RotateToken),
        GatewayMethod.Of("device.token.revoke", Scope.Pairing, RevokeToken),
    ];

    /// <summary>Tells operators that a device waits.</summary>
    public void DeviceRequested(PendingDevice pending)
    {
        Audit($"device {pending.Device.DeviceId} waits to be paired as {pending.Role} ({pending.Reason}) from {pending.RemoteIp}");
        _context.Hub.Broadcast("device.pair.requested", FrameWriter.Payload(ToRow(pending)));
    }

    private byte[] ApproveDevice(GatewayCall call)
    {
        var requestId = call.Params.Text("requestId");
        // Not the protocol's: the person the device will be for.
        var person = call.Params.OptionalText("person", 64);
        if (person is not null && Policy.Find(person) is null) throw GatewayException.Invalid($"unknown person: {person}");
        var device = _context.Pairing.ApproveDevice(requestId, call.Principal, person == Identity.People.Person.OwnerId ? null : person);
        _upgrades.Decided(requestId, true);
        Audit($"device {device.DeviceId} approved by {Who(call)}");
        Resolved(requestId, device.DeviceId, "approved");
        return FrameWriter.Payload(new DeviceApproved(requestId, ToRow(device)));
    }

    private byte[] RejectDevice(GatewayCall call)
    {
        var requestId = call.Params.Text("requestId");
        var pending = _context.Pairing.Forget(requestId) ?? throw GatewayException.Invalid("unknown requestId");
        _upgrades.Decided(requestId, false);
        Audit($"device {pending.Device.DeviceId} rejected by {Who(call)}");
        Resolved(requestId, pending.Device.DeviceId, "rejected");
        return FrameWriter.Payload(new DeviceRejected(requestId, pending.Device.DeviceId));
    }

    private byte[] RemoveDevice(GatewayCall call)
    {
        var id = call.Params.Text("deviceId");
        RequireNoMoreThanOwn(call, id);
        if (!_context.Pairing.Remove(id)) throw GatewayException.Invalid("unknown deviceId");
        _context.Hub.CloseDevice(id);
        Audit($"device {id} removed by {Who(call)}");
        return FrameWriter.Payload(new DeviceRemoved(id));
    }

    private byte[] RenameDevice(GatewayCall call)
    {
        var (id, name) = (call.Params.Text("deviceId"), call.Params.OptionalText("displayName", 128) ?? call.Params.Text("label", 128));
        if (!_context.Pairing.Rename(id, name)) throw GatewayException.Invalid("unknown deviceId");
        return FrameWriter.Payload(new DeviceRenamed(id, name));
    }

    private byte[] RotateToken(GatewayCall call)
    {
        var (id, role) = (call.Params.Text("deviceId"), call.Params.Text("role"));
        var device = _context.Pairing.Find(id);
        var old = device?.Tokens.FirstOrDefault(t => t.Role == role) ?? throw GatewayException.Invalid("unknown deviceId/role");
        var scopes = call.Params.OptionalTexts("scopes") is { } wished ? Scope.Clean(wished) : old.Scopes;
        // Never more than was approved, and never more than the caller has.
        if (Scope.FirstMissing(device.Scopes, scopes) is { } unapproved) throw GatewayException.MissingScope(unapproved);
        if (Scope.FirstMissing(call.Principal.Scopes, scopes) is { } missing) throw GatewayException.MissingScope(missing);
        RequireNoMoreThanOwn(call, id);
        var token = _context.Pairing.Rotate(id, role, scopes);
        _context.Hub.CloseDevice(id, role);
        Audit($"{role} token of device {id} rotated by {Who(call)}");
        return FrameWriter.Payload(new DeviceTokenRotated(id, role, token, scopes, _context.Now));
    }

    private byte[] RevokeToken(GatewayCall call)
    {
        var (id, role) = (call.Params.Text("deviceId"), call.Params.Text("role"));
        RequireNoMoreThanOwn(call, id);
        if (!_context.Pairing.Revoke(id, role)) throw GatewayException.Invalid("unknown deviceId/role");
        _context.Hub.CloseDevice(id, role);
        Audit($"{role} token of device {id} revoked by {Who(call)}");
        return FrameWriter.Payload(new DeviceTokenRevoked(id, role, _context.Now));
    }

    /// <summary>Who holds less than a device cannot take from it or speak for it.</summary>
    private void RequireNoMoreThanOwn(GatewayCall call, string deviceId)
    {
        if (_context.Pairing.Find(deviceId) is { } device && Scope.FirstMissing(call.Principal.Scopes, device.Scopes) is { } missing) throw GatewayException.MissingScope(missing);
    }

    private void Resolved(string requestId, string deviceId, string decision) => _context.Hub.Broadcast(
        "device.pair.resolved", FrameWriter.Payload(new DevicePairResolved(requestId, deviceId, decision, _context.Now)));

    private void Audit(string what) => _context.Log.Write(what);

    private static string Who(GatewayCall call) => call.Principal.DeviceId is { } device ? $"device {device}" : $"the owner ({call.Connection.Client!.Client.Id})";

    private static PendingDeviceRow ToRow(PendingDevice pending) =>
        new(pending.RequestId, pending.Device.DeviceId, pending.Device.PublicKey, pending.Role, pending.Scopes, pending.Ts)
        {
            DisplayName = pending.Device.DisplayName,
            Platform = pending.Device.Platform,
            DeviceFamily = pending.Device.DeviceFamily,
            ClientId = pending.Device.ClientId,
            ClientMode = pending.Device.ClientMode,
            RemoteIp = pending.RemoteIp,
        };

    private PairedDeviceRow ToRow(PairedDevice device) => new(device.DeviceId, device.PublicKey, device.Roles, device.Scopes)
    {
        DisplayName = device.DisplayName,
        Platform = device.Platform,
        DeviceFamily = device.DeviceFamily,
        ClientId = device.ClientId,
        ClientMode = device.ClientMode,
        ApprovedVia = device.ApprovedVia,
        CreatedAtMs = device.CreatedAtMs,
        ApprovedAtMs = device.ApprovedAtMs,
        Connected = _context.Hub.Connections.Any(c => c.Principal!.DeviceId == device.DeviceId),
        Tokens = [.. device.Tokens.Select(t => new DeviceTokenRow(t.Role, t.Scopes, t.CreatedAtMs, t.RotatedAtMs))],
    };
}
