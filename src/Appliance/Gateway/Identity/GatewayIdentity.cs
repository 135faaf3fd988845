using Appliance.Hosting;
using Models;

namespace Appliance.Gateway.Identity;

/// <summary>The room's door: one token, one book of pairings and one authenticator for every way into the server. Safe for several threads.</summary>
internal sealed class GatewayIdentity
{
    private GatewayIdentity(SharedToken token, PairingBook pairing, Authenticator authenticator) =>
        (Token, Pairing, Authenticator) = (token, pairing, authenticator);

    /// <summary>The gateway's own token.</summary>
    public SharedToken Token { get; }

    /// <summary>Devices and nodes.</summary>
    public PairingBook Pairing { get; }

    /// <summary>Who decides.</summary>
    public Authenticator Authenticator { get; }

    /// <summary>The identities below a home folder. Makes the token at first start.</summary>
    /// <exception cref="ModelException">The state cannot be read or written, or the token is too short.</exception>
    public static GatewayIdentity Open(string home, ServerOptions options)
    {
        var store = IdentityStore.Open(home);
        var pairing = new PairingBook(store, options.Time);
        var token = SharedToken.Choose(options.Token, store, options.RenewToken);
        return new(token, pairing, new Authenticator(
            token, pairing, new AttemptLimiter(options.Time), options.Time, options.Jwt is { } jwt ? new JwtVerifier(jwt, options.Time) : null));
    }
}
