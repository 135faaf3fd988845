using Runtime.Memory;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Memory;

/// <summary>Removes notes from the agent's memory. A person is asked each time, for nothing brings them back.</summary>
internal sealed class MemoryForgetTool(MemoryBook memory) : Tool(
    "memory_forget", "Remove the notes that contain a text.", """{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}""")
{
    public override ToolEffect Effect => ToolEffect.Destructive;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override bool ReturnsData => false;

    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var gone = await memory.Of(context.Agent).ForgetAsync(arguments.Text("text"), context.Person, isTrial: false, cancellation);
        return new ToolResult(gone.Count == 0 ? "Nothing in memory has that text." : $"Removed {gone.Sum(file => file.Lines.Count)} lines from {string.Join(", ", gone.Select(file => file.Path))}.");
    }
}
