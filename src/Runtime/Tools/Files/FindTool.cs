using System.IO.Enumeration;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Files;

/// <summary>Finds files by name.</summary>
internal sealed class FindTool() : Tool(
    "find", "Find files by name, e.g. *.md", """{"type":"object","properties":{"name":{"type":"string"},"path":{"type":"string"}},"required":["name"]}""")
{
    private const int Most = 200;

    public override ToolEffect Effect => ToolEffect.Reads;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var pattern = arguments.Text("name");
        var whole = pattern.Contains('/');
        var found = new List<string>();
        var more = false;
        foreach (var file in context.Files.Walk(arguments.OptionalText("path") ?? "."))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!FileSystemName.MatchesSimpleExpression(pattern, whole ? file : Path.GetFileName(file), ignoreCase: true)) continue;
            if (found.Count == Most)
            {
                more = true;
                break;
            }
            found.Add(file);
        }
        var text = found.Count == 0 ? $"No file is named like {pattern}." : string.Join('\n', found);
        return Task.FromResult(new ToolResult(more ? text + "\n[… more; narrow the name or the path]" : text));
    }
}
