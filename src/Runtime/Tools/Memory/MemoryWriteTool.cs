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

    // What always holds is told to the agent in every turn as its own: once it has read what others wrote, a person is asked. What is a
    // person's own is told to nobody unasked.
    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context) =>
        context is { IsTainted: true, Person: null } && arguments.OptionalFlag("lasting") == true ? ToolEffect.Destructive : ToolEffect.Writes;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var path = memory.Of(context.Agent).Add(arguments.Text("text"), arguments.OptionalFlag("lasting") ?? false, context.Person, isForeign: context.IsTainted, mayReach: context.Files.MayReach);
        return Task.FromResult(new ToolResult($"Written to {path}."));
    }
}
