using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Identity;

// What a credential gives: never more than it was made for, and never more than its person's role bears.
internal sealed partial class Authenticator
{
    /// <summary>By the device's own token.</summary>
    private Grant ByDevice(ConnectRequest connect, string person, DeviceToken token)
    {
        var wished = Scope.Clean(connect.Scopes);
        if (Scope.FirstMissing(token.Scopes, wished) is { } missing)
            throw Refuse(DetailCode.AuthScopeMismatch, $"unauthorized: the device token does not allow {missing}", "scope_mismatch", "review_auth_configuration");
        var scopes = connect.Role == Principal.Node ? [] : people.Policy.Bounded(person, wished.Count > 0 ? wished : token.Scopes);
        return new Grant(new Principal(connect.Role, scopes, connect.Device!.Id, "device-token") { PersonId = person });
    }

    /// <summary>By a setup code: the device is approved by whoever made the code.</summary>
    private Grant ByCode(ConnectRequest connect, string person, SetupCode code)
    {
        var device = Describe(connect, person);
        var wished = Scope.Clean(connect.Scopes);
        var scopes = code.Role == Principal.Node ? [] : people.Policy.Bounded(person, wished.Count > 0 ? wished : code.Scopes);
        pairing.Add(device, code.Role, scopes, "setup-code");
        var token = pairing.Rotate(device.DeviceId, code.Role, scopes);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var grant = new Grant(new Principal(code.Role, scopes, device.DeviceId, "bootstrap-token") { PersonId = person }, token, now) { Setup = code };
        if (code.OperatorScopes is not { } more) return grant;
        var handed = people.Policy.Bounded(person, more);
        pairing.Add(device, Principal.Operator, handed, "setup-code");
        return grant with { More = new HandedToken(pairing.Rotate(device.DeviceId, Principal.Operator, handed), Principal.Operator, handed, now) };
    }

    /// <summary>By a person's token, the owner's among them. A device that is new, or wants more than it had, needs approval unless it is on this machine.</summary>
    private Grant ByPerson(ConnectRequest connect, string person, string method, Peer peer)
    {
        var wished = connect.Role == Principal.Node ? [] : people.Policy.Bounded(person, Scope.Clean(connect.Scopes));
        if (connect.Device is not { } device)
        {
            if (connect.Role == Principal.Node || !peer.IsDirectLoopback || !WithoutDevice.Contains(connect.Client.Id)) throw DeviceRequired();
            return new Grant(new Principal(connect.Role, connect.IsProbe ? [] : wished, null, method) { PersonId = person });
        }
        if (pairing.Find(device.Id) is { } known && (known.Person ?? Person.OwnerId) != person) return OnAnothersDevice(connect, person, method, known, wished);
        if (ReasonToAsk(connect, wished, peer) is { } reason)
        {
            var described = Describe(connect, person);
            // A machine that offers commands is for the owner to take in.
            if (!peer.IsDirectLoopback || (connect.Role == Principal.Node && person != Person.OwnerId))
                throw Ask(pairing.Request(described, connect.Role, wished, reason, peer.Address?.ToString()));
            pairing.Add(described, connect.Role, wished, "silent");
        }
        var token = pairing.RenewToken(device.Id, connect.Role, wished);
        return new Grant(new Principal(connect.Role, wished, device.Id, method) { PersonId = person }, token, token is null ? null : time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>On a device that was approved for somebody else: for this connection alone, and within what the device may.</summary>
    private static Grant OnAnothersDevice(ConnectRequest connect, string person, string method, PairedDevice device, IReadOnlyList<string> wished)
    {
        if (!device.Roles.Contains(connect.Role) || connect.Role == Principal.Node)
            throw Refuse(DetailCode.AuthTokenMismatch, "unauthorized: this device was paired for another person", "token_mismatch", "review_auth_configuration");
        return new Grant(new Principal(connect.Role, [.. wished.Where(scope => Scope.Allows(device.Scopes, scope))], device.DeviceId, method) { PersonId = person });
    }

    private string? ReasonToAsk(ConnectRequest connect, IReadOnlyList<string> wished, Peer peer)
    {
        if (pairing.Find(connect.Device!.Id) is not { } paired) return "not-paired";
        if (!paired.Roles.Contains(connect.Role)) return "role-upgrade";
        if (Scope.FirstMissing(paired.Scopes, wished) is not null) return "scope-upgrade";
        return !peer.IsDirectLoopback && (paired.Platform != connect.Client.Platform || paired.DeviceFamily != connect.Client.DeviceFamily) ? "metadata-upgrade" : null;
    }

    private static PairedDevice Describe(ConnectRequest connect, string person) => new(connect.Device!.Id, connect.Device.PublicKey)
    {
        DisplayName = connect.Client.DisplayName,
        Platform = connect.Client.Platform,
        DeviceFamily = connect.Client.DeviceFamily,
        ClientId = connect.Client.Id,
        ClientMode = connect.Client.Mode,
        Person = person == Person.OwnerId ? null : person,
    };

    private GatewayException Ask(PendingDevice pending) => new(ErrorCode.NotPaired, $"pairing required: {pending.Reason}")
    {
        Details = new(DetailCode.PairingRequired)
        {
            Reason = pending.Reason,
            RequestId = pending.RequestId,
            RemediationHint = $"approve it on the gateway's machine: openclaw devices approve {pending.RequestId}",
            RecommendedNextStep = "wait_then_retry",
            Retryable = true,
            PauseReconnect = false,
            DeviceId = pending.Device.DeviceId,
            RequestedRole = pending.Role,
            RequestedScopes = pending.Scopes,
            ApprovedRoles = pairing.Find(pending.Device.DeviceId)?.Roles ?? [],
            ApprovedScopes = pairing.Find(pending.Device.DeviceId)?.Scopes ?? [],
        },
    };
}
