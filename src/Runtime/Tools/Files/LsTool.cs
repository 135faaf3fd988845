using Runtime.Tools.Policy;

namespace Runtime.Tools.Files;

/// <summary>Lists a folder.</summary>
internal sealed class LsTool() : Tool(
    "ls", "List a folder.", """{"type":"object","properties":{"path":{"type":"string"}}}""")
{
    private const int Most = 500;

    public override ToolEffect Effect => ToolEffect.Reads;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var entries = context.Files.List(arguments.OptionalText("path") ?? ".");
        var lines = entries.Take(Most).Select(e => e.Kind switch
        {
            FileKind.Folder => $"{e.Name}/",
            FileKind.Other => $"{e.Name} (link, not followed)",
            _ => $"{e.Name}  {e.Size} B",
        });
        var text = string.Join('\n', lines);
        if (entries.Count > Most) text += $"\n[… {entries.Count - Most} more]";
        return Task.FromResult(new ToolResult(text.Length > 0 ? text : "[empty folder]"));
    }
}
