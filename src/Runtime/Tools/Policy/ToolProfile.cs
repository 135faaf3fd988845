using System.Text.Json.Serialization;

namespace Runtime.Tools.Policy;

/// <summary>Sets of tools, each with all of the one before.</summary>
public enum ToolProfile
{
    /// <summary>Talking: the time, and what the agent knows of itself.</summary>
    [JsonStringEnumMemberName("minimal")]
    Minimal,

    /// <summary>What an assistant needs: files of its workspace, memory, the web, messages.</summary>
    [JsonStringEnumMemberName("assistant")]
    Assistant,

    /// <summary>Everything, commands and devices too. Much of it is asked about each time.</summary>
    [JsonStringEnumMemberName("operator")]
    Operator,
}
