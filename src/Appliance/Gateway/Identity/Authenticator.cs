using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Identity.Setup;
using Appliance.Gateway.Protocol;
using Runtime.Audit;

namespace Appliance.Gateway.Identity;

/// <summary>Decides who is behind a connection or a request and what it may do. One for every door. Safe for several threads.</summary>
internal sealed partial class Authenticator(
    SharedToken shared, PairingBook pairing, PeopleBook people, SetupCodes codes, AttemptLimiter limiter, AuditLog audit, TimeProvider time,
    JwtVerifier? jwt = null)
{
    // Programs that run and end; what stays (a UI, a node) has a device of its own and must show it.
    private static readonly string[] WithoutDevice = ["cli", "gateway-client", "openclaw-probe", "test"];

    /// <summary>Decides about a <c>connect</c>.</summary>
    /// <exception cref="GatewayException">Refused; code, details and message say why.</exception>
    public Grant Connect(ConnectRequest connect, Challenge challenge, Peer peer)
    {
        try
        {
            var grant = Decide(connect, challenge, peer);
            audit.Connected(AuditTrail.Actor(grant.Principal, peer, "websocket", connect.Client.Id), null);
            return grant;
        }
        catch (GatewayException e)
        {
            audit.Connected(AuditTrail.Actor(null, peer, "websocket", connect.Client.Id), AuditTrail.RuleOf(e));
            throw;
        }
    }

    /// <summary>Decides about an HTTP request: its bearer token, or, without one, who Tailscale says it is; null where it has neither.</summary>
    /// <exception cref="GatewayException">It is wrong, or its address is locked out.</exception>
    public Principal? Bearer(string? token, Peer peer)
    {
        if (string.IsNullOrEmpty(token))
        {
            if (OfVisit(peer) is not { } visitor) return null;
            audit.Connected(AuditTrail.Actor(visitor, peer, "http", null), null);
            return visitor;
        }
        try
        {
            var principal = Try(peer, () => OfToken(token) ?? OfJwt(token) ?? throw Refuse(DetailCode.AuthTokenMismatch, "unauthorized: gateway token mismatch", "token_mismatch", "update_auth_credentials"));
            audit.Connected(AuditTrail.Actor(principal, peer, "http", null), null);
            return principal;
        }
        catch (GatewayException e)
        {
            audit.Connected(AuditTrail.Actor(null, peer, "http", null), AuditTrail.RuleOf(e));
            throw;
        }
    }

    private Grant Decide(ConnectRequest connect, Challenge challenge, Peer peer)
    {
        RequireProtocol(connect);
        var bare = connect.Auth is { Token: null or "", Password: null or "", DeviceToken: null or "", BootstrapToken: null or "" };
        // The kernel vouches for the owner's own programs.
        if (bare && peer.IsOwner && connect is { Device: null, Role: Principal.Operator }) return new Grant(new Principal(Principal.Operator, Scope.Clean(connect.Scopes), null, "local"));
        if (bare && peer.Visit is { Refusal: { } refusal })
            throw Refuse(refusal, "unauthorized: what Tailscale says of who this is was not believed (use this gateway's token)", refusal["AUTH_".Length..].ToLowerInvariant(), "update_auth_configuration");
        if (bare && peer.Visit is null)
            throw Refuse(DetailCode.AuthTokenMissing, "unauthorized: gateway token missing (start the client with this gateway's token)", "token_missing", "update_auth_configuration");
        var proof = Try(peer, () =>
        {
            if (connect.Device is not null) DeviceProof.Check(connect, challenge, time.GetUtcNow());
            return bare ? new(peer.Visit!.PersonId!, "tailscale") : Verify(connect);
        });
        if (people.Policy.RoleOf(proof.PersonId) is null)
            throw Refuse(DetailCode.AuthTokenMismatch, "unauthorized: the person this credential is for may not use this gateway", "token_mismatch", "review_auth_configuration");
        return proof switch
        {
            { DeviceToken: { } token } => ByDevice(connect, proof.PersonId, token),
            { Code: { } code } => ByCode(connect, proof.PersonId, code),
            _ => ByPerson(connect, proof.PersonId, proof.Method, peer),
        };
    }

    /// <summary>Lets an address try to prove something, as often as it may.</summary>
    private T Try<T>(Peer peer, Func<T> prove)
    {
        if (limiter.LockedFor(peer.Address) is { } before) throw Locked(before);
        try
        {
            var proven = prove();
            return limiter.LockedFor(peer.Address) is { } meanwhile ? throw Locked(meanwhile) : proven;
        }
        catch (GatewayException e) when (e.Details?.Code != DetailCode.AuthRateLimited)
        {
            if (limiter.Failed(peer.Address) is { } meanwhile) throw Locked(meanwhile);
            throw;
        }
    }

    private static void RequireProtocol(ConnectRequest connect)
    {
        var oldest = connect.Role == Principal.Node || connect.IsProbe ? ProtocolLimits.OldestForNodesAndProbes : ProtocolLimits.Newest;
        if (connect.MinProtocol <= ProtocolLimits.Newest && connect.MaxProtocol >= oldest && connect.MinProtocol <= connect.MaxProtocol) return;
        throw new GatewayException(ErrorCode.InvalidRequest, "protocol mismatch")
        {
            Details = new(DetailCode.ProtocolMismatch)
            {
                ClientMinProtocol = connect.MinProtocol,
                ClientMaxProtocol = connect.MaxProtocol,
                ExpectedProtocol = ProtocolLimits.Newest,
                MinimumProbeProtocol = ProtocolLimits.OldestForNodesAndProbes,
            },
        };
    }

    private static GatewayException Locked(TimeSpan wait) => new(ErrorCode.Unavailable, "unauthorized: too many failed authentication attempts (retry later)")
    {
        Details = new(DetailCode.AuthRateLimited) { AuthReason = "rate_limited", CanRetryWithDeviceToken = false, RecommendedNextStep = "wait_then_retry" },
        Retryable = true,
        RetryAfterMs = (long)wait.TotalMilliseconds,
    };

    private static GatewayException Refuse(string code, string message, string reason, string next, bool deviceToken = false) => new(ErrorCode.InvalidRequest, message)
    {
        Details = new(code) { AuthReason = reason, CanRetryWithDeviceToken = deviceToken, RecommendedNextStep = next },
    };
}
