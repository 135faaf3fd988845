namespace Appliance.Gateway.Protocol;

/// <summary>A request that gets an error for its answer. The message is for the person behind the client.</summary>
internal sealed class GatewayException(string code, string message) : Exception(message)
{
    /// <summary>One of <see cref="ErrorCode"/>.</summary>
    public string Code { get; } = code;

    /// <summary>What a program can act on, or null.</summary>
    public ErrorDetails? Details { get; init; }

    /// <summary>True where the same request may succeed later.</summary>
    public bool? Retryable { get; init; }

    /// <summary>When to try again, milliseconds.</summary>
    public long? RetryAfterMs { get; init; }

    /// <summary>The request is wrong.</summary>
    public static GatewayException Invalid(string message) => new(ErrorCode.InvalidRequest, message);

    /// <summary>The request is right, but this gateway cannot do it, or not now.</summary>
    public static GatewayException Unavailable(string message) => new(ErrorCode.Unavailable, message);

    /// <summary>The session is not the one the caller has seen: it was reset in between.</summary>
    public static GatewayException SessionChanged() => new(ErrorCode.InvalidRequest, "session changed") { Details = new("SESSION_CHANGED") { Reason = "session-changed" } };

    /// <summary>The caller's scopes do not allow it.</summary>
    public static GatewayException MissingScope(string scope) => new(ErrorCode.Forbidden, $"missing scope: {scope}")
    {
        Details = new(DetailCode.MissingScope) { MissingScope = scope, RequiredScopes = [scope] },
    };
}
