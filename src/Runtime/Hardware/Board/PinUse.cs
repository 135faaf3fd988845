using System.Text.Json.Serialization;

namespace Runtime.Hardware.Board;

/// <summary>What something wired may be used for; several together. Without the attribute of flags, so that settings know the words.</summary>
public enum PinUse
{
    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("none")]
    None = 0,

    /// <summary>Its state is told; bytes are read from it, a picture is taken.</summary>
    [JsonStringEnumMemberName("read")]
    Read = 1,

    /// <summary>It is set; bytes are written to it.</summary>
    [JsonStringEnumMemberName("set")]
    Set = 2,

    /// <summary>What happens at it begins something.</summary>
    [JsonStringEnumMemberName("trigger")]
    Trigger = 4,
}
