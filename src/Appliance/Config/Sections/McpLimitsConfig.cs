using Runtime.Mcp;

namespace Appliance.Config.Sections;

/// <summary>Section <c>limits</c> of an MCP server. Immutable.</summary>
internal sealed record McpLimitsConfig(
    [property: Setting("Calls at once.", Least = 1, Most = 64)]
    int Calls = 4,
    [property: Setting("Largest message from it, KiB.", Least = 16, Most = 65536)]
    int MessageKiB = 4096,
    [property: Setting("Memory of a program, MiB.", Least = 16, Most = 65536)]
    int MemoryMiB = 1024,
    [property: Setting("Processes and threads of a program.", Least = 1, Most = 4096)]
    int Processes = 128,
    [property: Setting("Starts within an hour.", Least = 1, Most = 1000)]
    int Starts = 20)
{
    /// <summary>As the agent's room takes it.</summary>
    public McpLimits ToLimits(TimeSpan call) => new() { Call = call, Calls = Calls, Message = MessageKiB * 1024, Memory = MemoryMiB * 1024L * 1024, Processes = Processes, Starts = Starts };
}
