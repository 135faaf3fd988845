using Runtime.Tools.Policy;

namespace Runtime.Tools;

/// <summary>Names further tools. Those it names are told of from then on: a prompt has room for a few, a box may have a hundred.</summary>
internal sealed class ToolsTool() : Tool(ToolName, "Find more tools by what they do.", """{"type":"object","properties":{"for":{"type":"string"}},"required":["for"]}""")
{
    public const string ToolName = "tools";

    private const int Most = 5;

    public override ToolEffect Effect => ToolEffect.Reads;

    public override ToolProfile Profile => ToolProfile.Minimal;

    public override bool ReturnsData => false;

    /// <summary>The tools that one of its answers names.</summary>
    public static IEnumerable<string> Named(string answer) => answer.Split('\n').Select(line => line.Split(':', 2)[0]);

    /// <summary>The tools that have to do with some words, those that have most to do with them first. Pure.</summary>
    public static IEnumerable<Tool> Relevant(IEnumerable<Tool> tools, string text)
    {
        var words = Words(text);
        return tools.Select(t => (Tool: t, Score: Words($"{t.Name} {t.Description}").Count(words.Contains))).Where(t => t.Score > 0).OrderByDescending(t => t.Score).Select(t => t.Tool);
    }

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var asked = arguments.Text("for");
        var found = Relevant(context.Allowed, asked).Take(Most).Select(t => $"{t.Name}: {t.Description}").ToList();
        if (found.Count > 0) return Task.FromResult(new ToolResult(string.Join('\n', found)));
        return Task.FromResult(new ToolResult($"No tool is like that. There are: {string.Join(", ", context.Allowed.Select(t => t.Name))}."));
    }

    // Short words say nothing about a tool; the ends of words little.
    private static HashSet<string> Words(string text) =>
        [.. text.ToLowerInvariant().Split([' ', '_', '-', '.', ',', ':', ';', '?', '!', '\n', '/', '(', ')', '"', '\''], StringSplitOptions.RemoveEmptyEntries)
            .Where(w => w.Length >= 3).Select(w => w.Length > 4 && w.EndsWith('s') ? w[..^1] : w)];
}
