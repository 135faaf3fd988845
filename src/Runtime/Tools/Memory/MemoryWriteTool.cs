using Runtime.Memory;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Memory;

/// <summary>Adds a note to the agent's memory.</summary>
internal sealed class MemoryWriteTool(MemoryBook memory) : Tool(
    "memory_write", "Remember a fact. lasting: always true, else a note of today.",
    """{"type":"object","properties":{"text":{"type":"string"},"lasting":{"type":"boolean"}},"required":["text"]}""")
{
    public override ToolEffect Effect => ToolEffect.Writes;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override bool ReturnsData => false;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var path = memory.Of(context.Agent).Add(arguments.Text("text"), arguments.OptionalFlag("lasting") ?? false, context.Person);
        return Task.FromResult(new ToolResult($"Written to {path}."));
    }
}
