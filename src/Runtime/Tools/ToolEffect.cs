using System.Text.Json.Serialization;

namespace Runtime.Tools;

/// <summary>What a tool does to the world, from the least to the most.</summary>
public enum ToolEffect
{
    /// <summary>Nothing changes and nothing leaves this machine.</summary>
    [JsonStringEnumMemberName("reads")]
    Reads,

    /// <summary>Changes what is the agent's own: its workspace, its notes, its sessions. Can be undone or seen.</summary>
    [JsonStringEnumMemberName("writes")]
    Writes,

    /// <summary>Something leaves this machine, or reaches a person.</summary>
    [JsonStringEnumMemberName("outward")]
    Outward,

    /// <summary>May harm what cannot be had back: commands, devices, deletion.</summary>
    [JsonStringEnumMemberName("destructive")]
    Destructive,
}
