using System.Text;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Files;

/// <summary>Reads a text file, or some lines of it.</summary>
internal sealed class ReadTool() : Tool(
    "read", "Read a text file.",
    """{"type":"object","properties":{"path":{"type":"string"},"from":{"type":"integer","description":"first line"},"lines":{"type":"integer"}},"required":["path"]}""")
{
    private const int LinesByDefault = 400, LongestLine = 2000;

    public override ToolEffect Effect => ToolEffect.Reads;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var path = arguments.Text("path");
        var from = arguments.OptionalNumber("from", 1, int.MaxValue) ?? 1;
        var count = arguments.OptionalNumber("lines", 1, 5000) ?? LinesByDefault;
        var lines = FileText.Of(path, context.Files.ReadAll(path)).ReplaceLineEndings("\n").Split('\n');
        var all = lines is [.., ""] ? lines.Length - 1 : lines.Length;
        if (from > Math.Max(all, 1)) throw new ToolException($"{path} has {all} lines.");
        var text = new StringBuilder();
        var line = from - 1;
        // What the runner would cut out of the middle comes with the next call instead.
        for (; line < all && line < from - 1 + count && text.Length < ToolRunner.LongestResult - LongestLine - 100; line++)
            text.Append(Bounded.Begin(lines[line], LongestLine)).Append('\n');
        if (line < all) text.Append($"[lines {from}–{line} of {all}; go on with from={line + 1}]");
        return Task.FromResult(new ToolResult(text.Length > 0 ? text.ToString() : "[empty file]"));
    }
}
