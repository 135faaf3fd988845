using System.Text.Json;
using System.Text.Json.Serialization;

namespace Appliance.Gateway.Protocol;

// The objects of the handshake and of every frame, as FIELDS-2026.9.6.md names them, as far as this gateway writes them.

/// <summary>The error of a response.</summary>
internal sealed record ErrorShape(string Code, string Message, ErrorDetails? Details, bool? Retryable, long? RetryAfterMs)
{
    public static ErrorShape From(GatewayException fault) => new(fault.Code, fault.Message, fault.Details, fault.Retryable, fault.RetryAfterMs);
}

/// <summary>Counts that grow with every change, so that a client sees what it missed.</summary>
internal sealed record StateVersion(long Presence, long Health);

/// <summary>Payload of <c>connect.challenge</c>: what a device signs.</summary>
internal sealed record Challenge(string Nonce, long Ts, IReadOnlyList<string> Capabilities);

/// <summary>Payload of <c>tick</c>.</summary>
internal sealed record Tick(long Ts);

/// <summary>Payload of <c>shutdown</c>.</summary>
internal sealed record Shutdown(string Reason, long? RestartExpectedMs);

/// <summary>Answer of <c>connect</c>.</summary>
internal sealed record HelloOk(ServerInfo Server, Features Features, Snapshot Snapshot, HelloAuth Auth, Policy Policy, int Protocol)
{
    public string Type { get; } = "hello-ok";
}

/// <summary>This gateway. It gives no build id: the Control UI would then insist on its own build.</summary>
internal sealed record ServerInfo(string Version, string ConnId, string BootId);

/// <summary>What can be called and heard.</summary>
internal sealed record Features(IReadOnlyList<string> Methods, IReadOnlyList<string> Events, IReadOnlyList<string> Capabilities);

/// <summary>What the connection may do.</summary>
internal sealed record HelloAuth(string Method, string Role, IReadOnlyList<string> Scopes)
{
    public string? DeviceToken { get; init; }
    public long? IssuedAtMs { get; init; }
}

/// <summary>The limits a client must keep and may count on.</summary>
internal sealed record Policy(int MaxPayload, int MaxBufferedBytes, long TickIntervalMs);

/// <summary>State at the time of hello.</summary>
internal sealed record Snapshot(IReadOnlyList<PresenceEntry> Presence, JsonElement Health, StateVersion StateVersion, long UptimeMs, SessionDefaults SessionDefaults)
{
    public string? ConfigPath { get; init; }
    public string? StateDir { get; init; }
    public string? AuthMode { get; init; }
}

/// <summary>Which session a client opens by itself.</summary>
internal sealed record SessionDefaults(string DefaultAgentId, bool ModelConfigured, string MainKey, string MainSessionKey, string Scope);

/// <summary>Somebody who is there: this gateway, or a client that stays.</summary>
internal sealed record PresenceEntry(long Ts)
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
}

/// <summary>Payload of <c>presence</c>.</summary>
internal sealed record PresenceList(IReadOnlyList<PresenceEntry> Presence);

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorShape))]
[JsonSerializable(typeof(StateVersion))]
[JsonSerializable(typeof(Challenge))]
[JsonSerializable(typeof(Tick))]
[JsonSerializable(typeof(Shutdown))]
[JsonSerializable(typeof(HelloOk))]
[JsonSerializable(typeof(PresenceList))]
[JsonSerializable(typeof(IReadOnlyList<PresenceEntry>))]
internal sealed partial class ProtocolJson : JsonSerializerContext;
