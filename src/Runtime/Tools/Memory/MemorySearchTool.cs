using System.Text;
using Runtime.Memory;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Memory;

/// <summary>Searches the agent's memory.</summary>
internal sealed class MemorySearchTool(MemoryBook memory) : Tool(
    "memory_search", "Search your memory.", """{"type":"object","properties":{"query":{"type":"string"},"limit":{"type":"integer"}},"required":["query"]}""")
{
    public override ToolEffect Effect => ToolEffect.Reads;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var most = arguments.OptionalNumber("limit", 1, 20) ?? 5;
        var hits = await memory.Of(context.Agent).SearchAsync(arguments.Text("query"), most, context.Person, context.Files.MayReach, cancellation);
        var text = new StringBuilder();
        foreach (var hit in hits) text.Append($"{hit.Path}:{hit.FirstLine}-{hit.LastLine}\n{hit.Text}\n\n");
        return new ToolResult(text.Length > 0 ? text.ToString().TrimEnd('\n') : "Nothing in memory fits.");
    }
}
