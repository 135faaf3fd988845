using System.Text.Json.Serialization;

namespace Appliance.Gateway.Identity;

/// <summary>What the gateway remembers of identities, as it stands in <c>gateway/identity.json</c>. Immutable.</summary>
internal sealed record IdentityState
{
    /// <summary>Hash of the shared token that was made at first start; null where one is given.</summary>
    public string? TokenHash { get; init; }

    public IReadOnlyList<PairedDevice> Devices { get; init; } = [];
    public IReadOnlyList<PairedNode> Nodes { get; init; } = [];
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

    /// <summary><c>silent</c> (on loopback, with the shared token) or <c>operator</c>.</summary>
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
