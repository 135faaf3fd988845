using System.Text.Json.Serialization;

namespace Runtime.Agents.Routing;

/// <summary>What an agent answers.</summary>
public enum Activation
{
    /// <summary>Everything it is told.</summary>
    [JsonStringEnumMemberName("always")]
    Always,

    /// <summary>What is said to it alone, and in a group what names it.</summary>
    [JsonStringEnumMemberName("mention")]
    Mention,

    /// <summary>What is said to it alone.</summary>
    [JsonStringEnumMemberName("direct")]
    Direct,

    /// <summary>Jobs, heartbeats, hooks and other agents, and nobody's message.</summary>
    [JsonStringEnumMemberName("scheduled")]
    Scheduled,
}
