using System.Text;
using System.Text.RegularExpressions;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Files;

/// <summary>Finds lines by a regular expression.</summary>
internal sealed class GrepTool() : Tool(
    "grep", "Find lines in files by regex.",
    """{"type":"object","properties":{"regex":{"type":"string"},"path":{"type":"string"},"files":{"type":"string","description":"e.g. *.md"}},"required":["regex"]}""")
{
    private const int Most = 200, LongestLine = 300;

    // One line's: a regular expression that takes longer is a bad one, or a bad joke.
    private static readonly TimeSpan LineLimit = TimeSpan.FromMilliseconds(100);

    public override ToolEffect Effect => ToolEffect.Reads;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var regex = Compile(arguments.Text("regex"));
        var names = arguments.OptionalText("files");
        var text = new StringBuilder();
        var found = 0;
        foreach (var file in context.Files.Walk(arguments.OptionalText("path") ?? "."))
        {
            cancellation.ThrowIfCancellationRequested();
            if (names is not null && !System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(names, Path.GetFileName(file), ignoreCase: true)) continue;
            if (ReadText(context.Files, file) is not { } content) continue;
            var number = 0;
            foreach (var line in content.AsSpan().EnumerateLines())
            {
                number++;
                if (!IsMatch(regex, line)) continue;
                if (++found > Most) return Task.FromResult(new ToolResult(text.Append("[… more; narrow the regex or the path]").ToString()));
                text.Append(file).Append(':').Append(number).Append(": ").Append(Bounded.Begin(line.Trim().ToString(), LongestLine)).Append('\n');
            }
        }
        return Task.FromResult(new ToolResult(found > 0 ? text.ToString() : "No line matches."));
    }

    private static Regex Compile(string pattern)
    {
        try { return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, LineLimit); }
        catch (ArgumentException e) { throw new ToolException($"The regex is malformed: {e.Message}", e); }
    }

    private static bool IsMatch(Regex regex, ReadOnlySpan<char> line)
    {
        try { return regex.IsMatch(line); }
        catch (RegexMatchTimeoutException e) { throw new ToolException("The regex takes too long. Write a simpler one.", e); }
    }

    // What is no text, or too large to read, holds no lines.
    private static string? ReadText(FileArea files, string path)
    {
        try { return FileText.TryGet(files.ReadAll(path), out var text) ? text : null; }
        catch (ToolException) { return null; }
    }
}
