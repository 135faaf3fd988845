using System.Text.Json.Serialization;

namespace Runtime.Hardware.Board;

/// <summary>The resistor inside a GPIO chip.</summary>
public enum PinBias
{
    /// <summary>As it is.</summary>
    [JsonStringEnumMemberName("as-is")]
    AsIs,

    /// <summary>To the supply.</summary>
    [JsonStringEnumMemberName("pull-up")]
    PullUp,

    /// <summary>To ground.</summary>
    [JsonStringEnumMemberName("pull-down")]
    PullDown,

    /// <summary>None.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}
