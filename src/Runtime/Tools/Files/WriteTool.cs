using Runtime.Tools.Policy;

namespace Runtime.Tools.Files;

/// <summary>Writes a file whole.</summary>
internal sealed class WriteTool() : Tool(
    "write", "Write a whole file.", """{"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"}},"required":["path","content"]}""")
{
    public override ToolEffect Effect => ToolEffect.Writes;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override bool ReturnsData => false;

    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context) => WriteEffect.Of(context, [arguments.Text("path")]);

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var (path, bytes) = (arguments.Text("path"), FileText.Bytes(arguments.AnyText("content")));
        context.Files.Write(path, bytes);
        return Task.FromResult(new ToolResult($"Wrote {path} ({bytes.Length} bytes)."));
    }
}
