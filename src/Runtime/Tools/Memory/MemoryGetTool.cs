using Runtime.Memory;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Memory;

/// <summary>Reads lines of a file of the agent's memory.</summary>
internal sealed class MemoryGetTool(MemoryBook memory) : Tool(
    "memory_get", "Read lines of a memory file.",
    """{"type":"object","properties":{"path":{"type":"string"},"from":{"type":"integer"},"lines":{"type":"integer"}},"required":["path"]}""")
{
    public override ToolEffect Effect => ToolEffect.Reads;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var (first, count) = (arguments.OptionalNumber("from", 1, int.MaxValue) ?? 1, arguments.OptionalNumber("lines", 1, 1000) ?? 100);
        return Task.FromResult(new ToolResult(memory.Of(context.Agent).Folder.Read(arguments.Text("path"), context.Person, first, count, context.Files.MayReach)));
    }
}
