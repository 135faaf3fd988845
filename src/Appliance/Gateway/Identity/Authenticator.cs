using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Identity;

/// <summary>Decides who is behind a connection or a request and what it may do. One for every door. Safe for several threads.</summary>
internal sealed class Authenticator(SharedToken shared, PairingBook pairing, AttemptLimiter limiter, TimeProvider time, JwtVerifier? jwt = null)
{
    // Programs that run and end; what stays (a UI, a node) has a device of its own and must show it.
    private static readonly string[] WithoutDevice = ["cli", "gateway-client", "openclaw-probe", "test"];

    /// <summary>Decides about a <c>connect</c>.</summary>
    /// <exception cref="GatewayException">Refused; code, details and message say why.</exception>
    public Grant Connect(ConnectRequest connect, Challenge challenge, Peer peer)
    {
        RequireProtocol(connect);
        var bare = connect.Auth is { Token: null or "", Password: null or "", DeviceToken: null or "", BootstrapToken: null or "" };
        // The kernel vouches for the owner's own programs.
        if (bare && peer.IsOwner && connect is { Device: null, Role: Principal.Operator }) return new Grant(new Principal(Principal.Operator, Scope.Clean(connect.Scopes), null, "local"));
        if (bare)
            throw Refuse(DetailCode.AuthTokenMissing, "unauthorized: gateway token missing (start the client with this gateway's token)", "token_missing", "update_auth_configuration");
        var token = Try(peer, () =>
        {
            if (connect.Device is not null) DeviceProof.Check(connect, challenge, time.GetUtcNow());
            return Verify(connect);
        });
        return token is null ? ByOwner(connect, peer) : ByDevice(connect, token);
    }

    /// <summary>Decides about an HTTP request's bearer token; null where it has none.</summary>
    /// <exception cref="GatewayException">It is wrong, or its address is locked out.</exception>
    public Principal? Bearer(string? token, Peer peer)
    {
        if (string.IsNullOrEmpty(token)) return null;
        return Try(peer, () => shared.Matches(token) ? Principal.Owner
            : jwt?.Verify(token)
            ?? throw Refuse(DetailCode.AuthTokenMismatch, "unauthorized: gateway token mismatch", "token_mismatch", "update_auth_credentials"));
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
            limiter.Failed(peer.Address);
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

    /// <summary>Checks the credential: the device's token, or null where it is the shared one.</summary>
    private DeviceToken? Verify(ConnectRequest connect)
    {
        var auth = connect.Auth;
        if (!string.IsNullOrEmpty(auth.Token))
        {
            if (shared.Matches(auth.Token)) return null;
            if (Find(connect, auth.Token) is { } found) return found;
            var other = connect.Device is { } device && pairing.Find(device.Id)?.Tokens.Any(t => t.Role == connect.Role) == true;
            throw Refuse(DetailCode.AuthTokenMismatch, "unauthorized: gateway token mismatch (use this gateway's token or pair the device)", "token_mismatch",
                other ? "retry_with_device_token" : "update_auth_credentials", other);
        }
        if (!string.IsNullOrEmpty(auth.Password))
            return shared.Matches(auth.Password) ? null : throw Refuse(DetailCode.AuthPasswordMismatch, "unauthorized: gateway password mismatch", "password_mismatch", "update_auth_credentials");
        if (!string.IsNullOrEmpty(auth.DeviceToken))
            return Find(connect, auth.DeviceToken) ?? throw Refuse(DetailCode.AuthDeviceTokenMismatch, "unauthorized: device token mismatch (pair the device again)", "device_token_mismatch", "update_auth_credentials");
        throw Refuse(DetailCode.AuthBootstrapTokenInvalid, "unauthorized: bootstrap token invalid", "bootstrap_token_invalid", "update_auth_credentials");
    }

    /// <summary>The token of this device and role, where it is the one shown. Without the device's proof it is worth nothing.</summary>
    private DeviceToken? Find(ConnectRequest connect, string shown)
    {
        var token = connect.Device is { } device ? pairing.Find(device.Id)?.Tokens.FirstOrDefault(t => t.Role == connect.Role) : null;
        return Secret.Matches(shown, token?.Hash) ? token : null;
    }

    /// <summary>By the device's own token: what that was given, never more.</summary>
    private static Grant ByDevice(ConnectRequest connect, DeviceToken token)
    {
        var wished = Scope.Clean(connect.Scopes);
        if (Scope.FirstMissing(token.Scopes, wished) is { } missing)
            throw Refuse(DetailCode.AuthScopeMismatch, $"unauthorized: the device token does not allow {missing}", "scope_mismatch", "review_auth_configuration");
        var scopes = connect.Role == Principal.Node ? [] : wished.Count > 0 ? wished : token.Scopes;
        return new Grant(new Principal(connect.Role, scopes, connect.Device!.Id, "device-token"));
    }

    /// <summary>By the shared token: the owner. A device that is new, or wants more than it had, needs approval unless it is on this machine.</summary>
    private Grant ByOwner(ConnectRequest connect, Peer peer)
    {
        var wished = connect.Role == Principal.Node ? [] : Scope.Clean(connect.Scopes);
        if (connect.Device is not { } device)
        {
            if (connect.Role == Principal.Node || !peer.IsDirectLoopback || !WithoutDevice.Contains(connect.Client.Id))
                throw new GatewayException(ErrorCode.NotPaired, "device identity required") { Details = new(DetailCode.DeviceIdentityRequired) { RecommendedNextStep = "review_auth_configuration" } };
            return new Grant(new Principal(connect.Role, connect.IsProbe ? [] : wished, null, "token"));
        }
        if (ReasonToAsk(connect, wished, peer) is { } reason)
        {
            var described = Describe(connect);
            if (!peer.IsDirectLoopback) throw Ask(pairing.Request(described, connect.Role, wished, reason, peer.Address?.ToString()));
            pairing.Add(described, connect.Role, wished, "silent");
        }
        var token = pairing.RenewToken(device.Id, connect.Role, wished);
        return new Grant(new Principal(connect.Role, wished, device.Id, "token"), token, token is null ? null : time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private string? ReasonToAsk(ConnectRequest connect, IReadOnlyList<string> wished, Peer peer)
    {
        if (pairing.Find(connect.Device!.Id) is not { } paired) return "not-paired";
        if (!paired.Roles.Contains(connect.Role)) return "role-upgrade";
        if (Scope.FirstMissing(paired.Scopes, wished) is not null) return "scope-upgrade";
        return !peer.IsDirectLoopback && (paired.Platform != connect.Client.Platform || paired.DeviceFamily != connect.Client.DeviceFamily) ? "metadata-upgrade" : null;
    }

    private static PairedDevice Describe(ConnectRequest connect) => new(connect.Device!.Id, connect.Device.PublicKey)
    {
        DisplayName = connect.Client.DisplayName,
        Platform = connect.Client.Platform,
        DeviceFamily = connect.Client.DeviceFamily,
        ClientId = connect.Client.Id,
        ClientMode = connect.Client.Mode,
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
