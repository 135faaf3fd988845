using System.Text.Json.Serialization;

namespace Models.Routing.Simulation;

/// <summary>How a model is for a while.</summary>
public enum Weather
{
    /// <summary>As it should be.</summary>
    [JsonStringEnumMemberName("calm")]
    Fine,

    /// <summary>It cannot be reached.</summary>
    [JsonStringEnumMemberName("outage")]
    Away,

    /// <summary>A sign-in page answers in its place.</summary>
    [JsonStringEnumMemberName("portal")]
    Captive,

    /// <summary>It is asked too often (429).</summary>
    [JsonStringEnumMemberName("storm")]
    Storm,

    /// <summary>It is in trouble (500).</summary>
    [JsonStringEnumMemberName("broken")]
    Broken,

    /// <summary>It does not take the key, or has no money left.</summary>
    [JsonStringEnumMemberName("denied")]
    Denying,

    /// <summary>Its answers drip.</summary>
    [JsonStringEnumMemberName("slow")]
    Loris,

    /// <summary>Its answers break off.</summary>
    [JsonStringEnumMemberName("cut")]
    Cutting,
}
