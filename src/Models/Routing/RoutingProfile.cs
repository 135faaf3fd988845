using System.Text.Json.Serialization;

namespace Models.Routing;

/// <summary>What matters most to the owner.</summary>
public enum RoutingProfile
{
    /// <summary>This box where it can; elsewhere only targets that keep nothing.</summary>
    [JsonStringEnumMemberName("private")]
    Private,

    /// <summary>This box and nothing else.</summary>
    [JsonStringEnumMemberName("local-only")]
    LocalOnly,

    /// <summary>The quickest.</summary>
    [JsonStringEnumMemberName("fast")]
    Fast,

    /// <summary>The cheapest.</summary>
    [JsonStringEnumMemberName("cheap")]
    Cheap,

    /// <summary>The best answers.</summary>
    [JsonStringEnumMemberName("best")]
    Best,

    /// <summary>Targets elsewhere where they may; this box for the rest: for a box too small to answer well.</summary>
    [JsonStringEnumMemberName("cloud-first")]
    CloudFirst,
}
