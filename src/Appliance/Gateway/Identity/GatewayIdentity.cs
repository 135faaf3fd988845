using Appliance.Config;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Identity.Setup;
using Appliance.Gateway.Identity.Visitors;
using Appliance.Hosting;
using Appliance.Network.Tailscale;
using Models;
using Runtime.Audit;

namespace Appliance.Gateway.Identity;

/// <summary>The room's door: one token, one book of pairings, one of people, and one authenticator for every way into the server. Safe for several threads.</summary>
internal sealed class GatewayIdentity : IAsyncDisposable
{
    private readonly IdentityStore _store;

    private GatewayIdentity(string home, ServerOptions options, Action<Exception> onBug)
    {
        _store = IdentityStore.Open(home);
        Audit = new AuditLog(home, options.Time, problem => onBug(new ModelException(problem)));
        Pairing = new PairingBook(_store, options.Time);
        var config = options.Config ?? ConfigStore.Open(home);
        People = new PeopleBook(_store, config, options.Time);
        Visitors = new TailnetVisitors(config, options.Tailnet ?? (() => ClaimState.None), People, Audit, options.Time);
        SetupCodes = new SetupCodes(_store, options.Time);
        Requests = new RequestLimiter(options.Time);
        Token = SharedToken.Choose(options.Token, _store, options.RenewToken);
        Authenticator = new Authenticator(Token, Pairing, People, SetupCodes, new AttemptLimiter(options.Time), Audit, options.Time,
            options.Jwt is { } jwt ? new JwtVerifier(jwt, options.Time) : null);
    }

    /// <summary>The gateway's own token.</summary>
    public SharedToken Token { get; }

    /// <summary>Devices and nodes.</summary>
    public PairingBook Pairing { get; }

    /// <summary>People and their roles.</summary>
    public PeopleBook People { get; }

    /// <summary>Who comes by Tailscale.</summary>
    public TailnetVisitors Visitors { get; }

    /// <summary>One-time codes for new devices.</summary>
    public SetupCodes SetupCodes { get; }

    /// <summary>How often one identity may ask.</summary>
    public RequestLimiter Requests { get; }

    /// <summary>Who decides.</summary>
    public Authenticator Authenticator { get; }

    /// <summary>Where every decision stands.</summary>
    public AuditLog Audit { get; }

    /// <summary>The identities below a home folder. Makes the token at first start.</summary>
    /// <exception cref="ModelException">The state cannot be read or written, or the token is too short.</exception>
    public static GatewayIdentity Open(string home, ServerOptions options, Action<Exception> onBug) => new(home, options, onBug);

    /// <summary>Makes a new token of the gateway's own; whoever came by the old one must come again.</summary>
    /// <exception cref="ModelException">The token was given, so that it is not the gateway's to change.</exception>
    public string RenewToken() => Token.Renew(_store);

    /// <summary>Writes what is left of the audit log.</summary>
    public ValueTask DisposeAsync()
    {
        Visitors.Dispose();
        People.Dispose();
        return Audit.DisposeAsync();
    }
}
