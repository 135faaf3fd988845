using System.Text.Json.Serialization;

namespace Runtime.Hardware.Triggers;

/// <summary>Changes of a pin.</summary>
public enum TriggerEdge
{
    /// <summary>It goes on.</summary>
    [JsonStringEnumMemberName("on")]
    On,

    /// <summary>It goes off.</summary>
    [JsonStringEnumMemberName("off")]
    Off,

    /// <summary>It goes either way.</summary>
    [JsonStringEnumMemberName("either")]
    Either,
}
