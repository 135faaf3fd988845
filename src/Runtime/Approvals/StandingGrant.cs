using System.Text.Json.Serialization;

namespace Runtime.Approvals;

/// <summary>Something approved for good. Immutable.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Hash">The binding it stands for.</param>
/// <param name="Text">What was shown when it was approved.</param>
/// <param name="Agent">The agent it was given to.</param>
/// <param name="GrantedBy">Who gave it.</param>
/// <param name="CreatedAtMs">When, Unix milliseconds.</param>
/// <param name="ExpiresAtMs">Until when; null for good.</param>
public sealed record StandingGrant(string Id, string Hash, string Text, string? Agent, string GrantedBy, long CreatedAtMs, long? ExpiresAtMs);

/// <summary>The file of grants.</summary>
internal sealed record GrantFile(int Version, IReadOnlyList<StandingGrant> Grants);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(GrantFile))]
internal sealed partial class GrantJson : JsonSerializerContext;
