using System.Text.Json.Serialization;

namespace Runtime.Hardware.Board;

/// <summary>What a pin or a sensor may be used for; several together. Without the attribute of flags, so that settings know the words.</summary>
public enum PinUse
{
    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("none")]
    None = 0,

    /// <summary>Its state is told.</summary>
    [JsonStringEnumMemberName("read")]
    Read = 1,

    /// <summary>It is set.</summary>
    [JsonStringEnumMemberName("set")]
    Set = 2,

    /// <summary>What happens at it begins something.</summary>
    [JsonStringEnumMemberName("trigger")]
    Trigger = 4,
}
