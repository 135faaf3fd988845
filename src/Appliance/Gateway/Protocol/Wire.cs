using System.Text.Json;

namespace Appliance.Gateway.Protocol;

// The objects of the handshake and of every frame, as FIELDS-2026.9.6.md names them, as far as this gateway writes them.

/// <summary>The error of a response.</summary>
internal sealed record ErrorShape(string Code, string Message, ErrorDetails? Details, bool? Retryable, long? RetryAfterMs) : IPayload
{
    public static ErrorShape From(GatewayException fault) => new(fault.Code, fault.Message, fault.Details, fault.Retryable, fault.RetryAfterMs);

    public void Write(PayloadWriter to) => to
        .Add("code", Code).Add("message", Message).Add("details", Details).Add("retryable", Retryable).Add("retryAfterMs", RetryAfterMs);
}

/// <summary>Counts that grow with every change, so that a client sees what it missed.</summary>
internal sealed record StateVersion(long Presence, long Health) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("presence", Presence).Add("health", Health);
}

/// <summary>Payload of <c>connect.challenge</c>: what a device signs.</summary>
internal sealed record Challenge(string Nonce, long Ts, IReadOnlyList<string> Capabilities) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("nonce", Nonce).Add("ts", Ts).Add("capabilities", Capabilities);
}

/// <summary>Payload of <c>tick</c>.</summary>
internal sealed record Tick(long Ts) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ts", Ts);
}

/// <summary>Payload of <c>shutdown</c>.</summary>
internal sealed record Shutdown(string Reason, long? RestartExpectedMs) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("reason", Reason).Add("restartExpectedMs", RestartExpectedMs);
}

/// <summary>Answer of <c>connect</c>.</summary>
internal sealed record HelloOk(ServerInfo Server, Features Features, Snapshot Snapshot, HelloAuth Auth, Policy Policy, int Protocol) : IPayload
{
    public string Type { get; } = "hello-ok";

    public void Write(PayloadWriter to) => to
        .Add("server", Server).Add("features", Features).Add("snapshot", Snapshot).Add("auth", Auth).Add("policy", Policy).Add("protocol", Protocol)
        .Add("type", Type);
}

/// <summary>This gateway. It gives no build id: the Control UI would then insist on its own build.</summary>
internal sealed record ServerInfo(string Version, string ConnId, string BootId) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("version", Version).Add("connId", ConnId).Add("bootId", BootId);
}

/// <summary>What can be called and heard.</summary>
internal sealed record Features(IReadOnlyList<string> Methods, IReadOnlyList<string> Events, IReadOnlyList<string> Capabilities) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("methods", Methods).Add("events", Events).Add("capabilities", Capabilities);
}

/// <summary>A token for another role.</summary>
internal sealed record HelloToken(string DeviceToken, string Role, IReadOnlyList<string> Scopes, long IssuedAtMs) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("deviceToken", DeviceToken).Add("role", Role).Add("scopes", Scopes).Add("issuedAtMs", IssuedAtMs);

    /// <summary>Tokens are for the log of nobody.</summary>
    public override string ToString() => $"{Role} token";
}

/// <summary>What the connection may do.</summary>
internal sealed record HelloAuth(string Method, string Role, IReadOnlyList<string> Scopes) : IPayload
{
    public string? DeviceToken { get; init; }
    public long? IssuedAtMs { get; init; }

    /// <summary>Tokens for other roles that a setup code gave beside the first.</summary>
    public IReadOnlyList<HelloToken>? DeviceTokens { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("method", Method).Add("role", Role).Add("scopes", Scopes).Add("deviceToken", DeviceToken).Add("issuedAtMs", IssuedAtMs).Add("deviceTokens", DeviceTokens);
}

/// <summary>The limits a client must keep and may count on.</summary>
internal sealed record Policy(int MaxPayload, int MaxBufferedBytes, long TickIntervalMs) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("maxPayload", MaxPayload).Add("maxBufferedBytes", MaxBufferedBytes).Add("tickIntervalMs", TickIntervalMs);
}

/// <summary>State at the time of hello.</summary>
internal sealed record Snapshot(IReadOnlyList<PresenceEntry> Presence, JsonElement Health, StateVersion StateVersion, long UptimeMs, SessionDefaults SessionDefaults) : IPayload
{
    public string? ConfigPath { get; init; }
    public string? StateDir { get; init; }
    public string? AuthMode { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("presence", Presence).Add("health", Health).Add("stateVersion", StateVersion).Add("uptimeMs", UptimeMs)
        .Add("sessionDefaults", SessionDefaults).Add("configPath", ConfigPath).Add("stateDir", StateDir).Add("authMode", AuthMode);
}

/// <summary>Which session a client opens by itself.</summary>
internal sealed record SessionDefaults(string DefaultAgentId, bool ModelConfigured, string MainKey, string MainSessionKey, string Scope) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("defaultAgentId", DefaultAgentId).Add("modelConfigured", ModelConfigured).Add("mainKey", MainKey).Add("mainSessionKey", MainSessionKey)
        .Add("scope", Scope);
}

/// <summary>Somebody who is there: this gateway, or a client that stays.</summary>
internal sealed record PresenceEntry(long Ts) : IPayload
{
    public string? Host { get; init; }
    public string? ClientId { get; init; }
    public string? Ip { get; init; }
    public string? Version { get; init; }
    public string? Platform { get; init; }
    public string? DeviceFamily { get; init; }
    public string? ModelIdentifier { get; init; }
    public string? TimeZone { get; init; }
    public string? Mode { get; init; }
    public string? Reason { get; init; }
    public string? Text { get; init; }
    public long? OnlineSince { get; init; }
    public string? DeviceId { get; init; }
    public IReadOnlyList<string>? Roles { get; init; }
    public IReadOnlyList<string>? Scopes { get; init; }
    public string? InstanceId { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("ts", Ts).Add("host", Host).Add("clientId", ClientId).Add("ip", Ip).Add("version", Version).Add("platform", Platform)
        .Add("deviceFamily", DeviceFamily).Add("modelIdentifier", ModelIdentifier).Add("timeZone", TimeZone).Add("mode", Mode).Add("reason", Reason)
        .Add("text", Text).Add("onlineSince", OnlineSince).Add("deviceId", DeviceId).Add("roles", Roles).Add("scopes", Scopes)
        .Add("instanceId", InstanceId);
}

/// <summary>Payload of <c>presence</c>.</summary>
internal sealed record PresenceList(IReadOnlyList<PresenceEntry> Presence) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("presence", Presence);
}
