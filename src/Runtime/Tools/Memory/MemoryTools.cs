using Runtime.Memory;

namespace Runtime.Tools.Memory;

/// <summary>The tools of memory.</summary>
public static class MemoryTools
{
    /// <summary>All of them, in the order of prompts.</summary>
    public static IEnumerable<Tool> All(MemoryBook memory) => [new MemorySearchTool(memory), new MemoryGetTool(memory), new MemoryWriteTool(memory), new MemoryForgetTool(memory)];
}
