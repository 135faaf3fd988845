using Runtime.Tools.Policy;

namespace Runtime.Tools.Files;

/// <summary>Replaces a piece of a file, which must be there exactly once.</summary>
internal sealed class EditTool() : Tool(
    "edit", "Replace text in a file; old must occur once.",
    """{"type":"object","properties":{"path":{"type":"string"},"old":{"type":"string"},"new":{"type":"string"},"all":{"type":"boolean"}},"required":["path","old","new"]}""")
{
    public override ToolEffect Effect => ToolEffect.Writes;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override bool ReturnsData => false;

    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context) => WriteEffect.Of(context, [arguments.Text("path")]);

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var (path, old, next) = (arguments.Text("path"), arguments.Text("old"), arguments.AnyText("new"));
        var text = FileText.Of(path, context.Files.ReadAll(path));
        var count = 0;
        for (var at = text.IndexOf(old, StringComparison.Ordinal); at >= 0; at = text.IndexOf(old, at + old.Length, StringComparison.Ordinal)) count++;
        if (count == 0) throw new ToolException($"The old text does not occur in {path}. Read the file and copy it exactly.");
        if (count > 1 && arguments.OptionalFlag("all") != true) throw new ToolException($"The old text occurs {count} times in {path}. Give more of it, or set all.");
        context.Files.Write(path, FileText.Bytes(text.Replace(old, next, StringComparison.Ordinal)));
        return Task.FromResult(new ToolResult($"Replaced {count} in {path}."));
    }
}
