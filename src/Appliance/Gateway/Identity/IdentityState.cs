using System.Text.Json.Serialization;

namespace Appliance.Gateway.Identity;

/// <summary>What the gateway remembers of identities, as it stands in <c>gateway/identity.json</c>. Immutable.</summary>
internal sealed record IdentityState
{
    /// <summary>Hash of the shared token that was made at first start; null where one is given.</summary>
    public string? TokenHash { get; init; }

    public IReadOnlyList<PairedDevice> Devices { get; init; } = [];
    public IReadOnlyList<PairedNode> Nodes { get; init; } = [];

    /// <summary>Tokens of people, who stand in the configuration.</summary>
    public IReadOnlyList<PersonTokenHash> People { get; init; } = [];

    /// <summary>One-time codes that were not used yet, and those that were not long ago.</summary>
    public IReadOnlyList<SetupCode> SetupCodes { get; init; } = [];
}

/// <summary>A person's token, as its hash.</summary>
internal sealed record PersonTokenHash(string Id, string TokenHash, long CreatedAtMs)
{
    /// <summary>A hash is for nobody's log either.</summary>
    public override string ToString() => $"token of {Id}";
}

/// <summary>A code that lets one device in, once.</summary>
internal sealed record SetupCode(string Id, string Hash, string Role, IReadOnlyList<string> Scopes, long ExpiresAtMs)
{
    /// <summary>The person the device will be for; null for the owner.</summary>
    public string? Person { get; init; }

    /// <summary>Scopes of an operator's token that a node is handed beside its own; null for none.</summary>
    public IReadOnlyList<string>? OperatorScopes { get; init; }

    /// <summary>The device that used it; null while nobody has.</summary>
    public string? DeviceId { get; init; }
    public string? DeviceName { get; init; }
    public long? UsedAtMs { get; init; }

    /// <summary>A hash is for nobody's log either.</summary>
    public override string ToString() => $"setup code {Id}";
}

/// <summary>A device that was approved.</summary>
internal sealed record PairedDevice(string DeviceId, string PublicKey)
{
    public string? DisplayName { get; init; }
    public string? Platform { get; init; }
    public string? DeviceFamily { get; init; }
    public string? ClientId { get; init; }
    public string? ClientMode { get; init; }
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The most its operator tokens may allow.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The person it is for; null for the owner.</summary>
    public string? Person { get; init; }

    /// <summary><c>silent</c> (on loopback, with a token), <c>operator</c> or <c>setup-code</c>.</summary>
    public string? ApprovedVia { get; init; }
    public long CreatedAtMs { get; init; }
    public long ApprovedAtMs { get; init; }
    public IReadOnlyList<DeviceToken> Tokens { get; init; } = [];
}

/// <summary>A token of a device, one a role, as its hash.</summary>
internal sealed record DeviceToken(string Role, string Hash, IReadOnlyList<string> Scopes, long CreatedAtMs)
{
    public long? RotatedAtMs { get; init; }

    /// <summary>A hash is for nobody's log either.</summary>
    public override string ToString() => $"{Role} token";
}

/// <summary>What an operator allowed a node to offer.</summary>
internal sealed record PairedNode(string NodeId, IReadOnlyList<string> Caps, IReadOnlyList<string> Commands)
{
    public string? DisplayName { get; init; }
    public long CreatedAtMs { get; init; }
    public long ApprovedAtMs { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(IdentityState))]
internal sealed partial class IdentityJson : JsonSerializerContext;
