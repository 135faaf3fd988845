using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Identity;

// Whose a credential is.
internal sealed partial class Authenticator
{
    /// <summary>Checks the credential a client shows.</summary>
    private Proof Verify(ConnectRequest connect)
    {
        var auth = connect.Auth;
        if (!string.IsNullOrEmpty(auth.Token))
        {
            if (OfToken(auth.Token) is { } holder) return new(holder.PersonId, holder.Method);
            if (OfDevice(connect, auth.Token) is { } found) return found;
            var other = connect.Device is { } device && pairing.Find(device.Id)?.Tokens.Any(t => t.Role == connect.Role) == true;
            throw Refuse(DetailCode.AuthTokenMismatch, "unauthorized: gateway token mismatch (use this gateway's token or pair the device)", "token_mismatch",
                other ? "retry_with_device_token" : "update_auth_credentials", other);
        }
        if (!string.IsNullOrEmpty(auth.Password))
        {
            return OfToken(auth.Password) is { } holder ? new(holder.PersonId, holder.Method)
                : throw Refuse(DetailCode.AuthPasswordMismatch, "unauthorized: gateway password mismatch", "password_mismatch", "update_auth_credentials");
        }
        if (!string.IsNullOrEmpty(auth.DeviceToken))
            return OfDevice(connect, auth.DeviceToken) ?? throw Refuse(DetailCode.AuthDeviceTokenMismatch, "unauthorized: device token mismatch (pair the device again)", "device_token_mismatch", "update_auth_credentials");
        return OfCode(connect, auth.BootstrapToken!);
    }

    /// <summary>The person whose token it is; null where it is nobody's, or the gateway's own. Wrong ones are not counted: it is no door.</summary>
    public Principal? OfPerson(string token) => people.FindByToken(token) is { } person
        ? new Principal(Principal.Operator, people.Policy.Bounded(person.Id, Scope.All), null, "person-token") { PersonId = person.Id } : null;

    /// <summary>Who holds a token that is a person's, the gateway's own being the owner's; null where it is nobody's.</summary>
    private Principal? OfToken(string token)
    {
        var person = OfPerson(token);
        return shared.Matches(token) ? Principal.Owner : person;
    }

    /// <summary>Who comes by Tailscale, where that is believed.</summary>
    private Principal? OfVisit(Peer peer) => peer.Visit?.PersonId is { } person && people.Policy.RoleOf(person) is not null
        ? new Principal(Principal.Operator, people.Policy.Bounded(person, Scope.All), null, "tailscale") { PersonId = person } : null;

    /// <summary>The person whose JWT it is. Where people are configured, one who is none of them gets nothing; where nobody is, the JWT's own scopes count.</summary>
    private Principal? OfJwt(string token)
    {
        if (jwt?.Verify(token) is not { } holder) return null;
        if (holder.Subject is { } subject && people.Policy.FindBySubject(subject) is { } person)
            return holder with { PersonId = person.Id, Scopes = people.Policy.Bounded(person.Id, holder.Scopes) };
        return people.Policy.People.Count == 1 ? holder : null;
    }

    /// <summary>The token of this device and role, where it is the one shown. Without the device's proof it is worth nothing.</summary>
    private Proof? OfDevice(ConnectRequest connect, string shown)
    {
        var device = connect.Device is { } proven ? pairing.Find(proven.Id) : null;
        var token = device?.Tokens.FirstOrDefault(t => t.Role == connect.Role);
        return Secret.Matches(shown, token?.Hash) ? new(device!.Person ?? Person.OwnerId, "device-token") { DeviceToken = token } : null;
    }

    private Proof OfCode(ConnectRequest connect, string token)
    {
        if (connect.Device is not { } device) throw DeviceRequired();
        var wished = connect.Role == Principal.Node ? [] : Scope.Clean(connect.Scopes);
        return codes.Use(token, device.Id, connect.Client.DisplayName, connect.Role, wished) is { } code ? new(code.Person ?? Person.OwnerId, "bootstrap-token") { Code = code }
            : throw Refuse(DetailCode.AuthBootstrapTokenInvalid, "unauthorized: bootstrap token invalid", "bootstrap_token_invalid", "update_auth_credentials");
    }

    private static GatewayException DeviceRequired() => new(ErrorCode.NotPaired, "device identity required")
    {
        Details = new(DetailCode.DeviceIdentityRequired) { RecommendedNextStep = "review_auth_configuration" },
    };
}
