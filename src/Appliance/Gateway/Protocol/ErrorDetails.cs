namespace Appliance.Gateway.Protocol;

/// <summary>
/// The machine-readable part of an error. One record for all: which fields are there depends on <see cref="Code"/> (PROTOCOL.md §2 and §4),
/// and clients read what they know.
/// </summary>
internal sealed record ErrorDetails(string Code) : IPayload
{
    // MISSING_SCOPE
    public string? MissingScope { get; init; }
    public IReadOnlyList<string>? RequiredScopes { get; init; }

    // PROTOCOL_MISMATCH
    public int? ClientMinProtocol { get; init; }
    public int? ClientMaxProtocol { get; init; }
    public int? ExpectedProtocol { get; init; }
    public int? MinimumProbeProtocol { get; init; }

    // AUTH_* and DEVICE_AUTH_*
    public string? AuthReason { get; init; }
    public bool? CanRetryWithDeviceToken { get; init; }
    public string? RecommendedNextStep { get; init; }

    // PAIRING_REQUIRED
    public string? Reason { get; init; }
    public string? RequestId { get; init; }
    public string? RemediationHint { get; init; }
    public bool? Retryable { get; init; }
    public bool? PauseReconnect { get; init; }
    public string? DeviceId { get; init; }
    public string? RequestedRole { get; init; }
    public IReadOnlyList<string>? RequestedScopes { get; init; }
    public IReadOnlyList<string>? ApprovedRoles { get; init; }
    public IReadOnlyList<string>? ApprovedScopes { get; init; }

    // UNKNOWN_AGENT_ID, CRON_JOB_NOT_FOUND
    public string? AgentId { get; init; }
    public string? JobId { get; init; }

    // USER_PREFS_LIMIT_EXCEEDED
    public int? Limit { get; init; }
    public int? CurrentCount { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("code", Code).Add("missingScope", MissingScope).Add("requiredScopes", RequiredScopes).Add("clientMinProtocol", ClientMinProtocol)
        .Add("clientMaxProtocol", ClientMaxProtocol).Add("expectedProtocol", ExpectedProtocol).Add("minimumProbeProtocol", MinimumProbeProtocol)
        .Add("authReason", AuthReason).Add("canRetryWithDeviceToken", CanRetryWithDeviceToken).Add("recommendedNextStep", RecommendedNextStep)
        .Add("reason", Reason).Add("requestId", RequestId).Add("remediationHint", RemediationHint).Add("retryable", Retryable)
        .Add("pauseReconnect", PauseReconnect).Add("deviceId", DeviceId).Add("requestedRole", RequestedRole).Add("requestedScopes", RequestedScopes)
        .Add("approvedRoles", ApprovedRoles).Add("approvedScopes", ApprovedScopes).Add("agentId", AgentId).Add("jobId", JobId)
        .Add("limit", Limit).Add("currentCount", CurrentCount);
}

/// <summary>Detail codes this gateway sends.</summary>
internal static class DetailCode
{
    public const string MissingScope = "MISSING_SCOPE";
    public const string ProtocolMismatch = "PROTOCOL_MISMATCH";
    public const string AuthTokenMissing = "AUTH_TOKEN_MISSING";
    public const string AuthTokenMismatch = "AUTH_TOKEN_MISMATCH";
    public const string AuthPasswordMismatch = "AUTH_PASSWORD_MISMATCH";
    public const string AuthBootstrapTokenInvalid = "AUTH_BOOTSTRAP_TOKEN_INVALID";
    public const string AuthDeviceTokenMismatch = "AUTH_DEVICE_TOKEN_MISMATCH";
    public const string AuthScopeMismatch = "AUTH_SCOPE_MISMATCH";
    public const string AuthUnauthorized = "AUTH_UNAUTHORIZED";
    public const string AuthTailscaleIdentityMissing = "AUTH_TAILSCALE_IDENTITY_MISSING";
    public const string AuthTailscaleProxyMissing = "AUTH_TAILSCALE_PROXY_MISSING";
    public const string AuthTailscaleWhoisFailed = "AUTH_TAILSCALE_WHOIS_FAILED";
    public const string AuthTailscaleIdentityMismatch = "AUTH_TAILSCALE_IDENTITY_MISMATCH";
    public const string AuthRateLimited = "AUTH_RATE_LIMITED";
    public const string DeviceIdentityRequired = "DEVICE_IDENTITY_REQUIRED";
    public const string DeviceIdMismatch = "DEVICE_AUTH_DEVICE_ID_MISMATCH";
    public const string DeviceSignatureExpired = "DEVICE_AUTH_SIGNATURE_EXPIRED";
    public const string DeviceNonceRequired = "DEVICE_AUTH_NONCE_REQUIRED";
    public const string DeviceNonceMismatch = "DEVICE_AUTH_NONCE_MISMATCH";
    public const string DeviceSignatureInvalid = "DEVICE_AUTH_SIGNATURE_INVALID";
    public const string DevicePublicKeyInvalid = "DEVICE_AUTH_PUBLIC_KEY_INVALID";
    public const string PairingRequired = "PAIRING_REQUIRED";
    public const string UnknownAgentId = "UNKNOWN_AGENT_ID";
    public const string CronJobNotFound = "CRON_JOB_NOT_FOUND";
    public const string UserPrefsLimitExceeded = "USER_PREFS_LIMIT_EXCEEDED";
    public const string PairingChanged = "PAIRING_CHANGED";
}
