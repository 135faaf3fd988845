using Models.Tokens;
using Runtime.Context;
using Runtime.Tests.Tools;
using Runtime.Tools.Policy;
using TestKit;

namespace Runtime.Tests.Context;

public sealed class ContextReportTests
{
    // The room that small models leave for an agent (issue 5): OpenClaw sends 12,000 and more.
    private const int MostTokens = 1200;

    [SharedFact("tokenizers/qwen2")]
    public void Hello_WithEveryDefaultTool_IsShort()
    {
        var folder = Shared.Find("tokenizers", "qwen2")!;
        using var bench = new ToolBench(new ToolRules { Profile = ToolProfile.Operator });
        Directory.Delete(bench.Workspace, recursive: true);
        Runtime.Workspaces.AgentFiles.Prepare(bench.Agents.Default);
        var tools = bench.Runner.For("main", null, null);
        var report = ContextReport.Make(bench.Agents.Default, tools, [], "hello", (Tokenizer.FromFolder(folder), ChatTemplate.FromFolder(folder), 32_768), TimeProvider.System);
        foreach (var line in report.Lines) Console.WriteLine($"figure: prompt for hello: {line.Kind} {line.Name} {line.Tokens} tokens");
        Console.WriteLine($"figure: prompt for hello with {tools.Count} tools: {report.Total} tokens");
        Assert.Contains(report.Lines, l => l.Name == "tools");
        Assert.Equal(report.Total, report.Lines.Sum(l => l.Tokens));
        Assert.InRange(report.Total, 100, MostTokens);
        Assert.All(report.Lines.Where(l => l.Kind == "tool"), line => Assert.InRange(line.Tokens, 10, 110));
    }

    // Such as the built-in model's: it knows its tools by heart, and follows no instructions.
    [SharedFact("tokenizers/qwen2")]
    public void Report_ForATemplateThatPassesOnTheConversationAlone_CountsNothingElse()
    {
        var tokenizer = Tokenizer.FromFolder(Shared.Find("tokenizers", "qwen2")!);
        using var bench = new ToolBench(new ToolRules { Profile = ToolProfile.Operator });
        Directory.Delete(bench.Workspace, recursive: true);
        Runtime.Workspaces.AgentFiles.Prepare(bench.Agents.Default);
        var tools = bench.Runner.For("main", null, null);
        var template = ChatTemplate.Parse("{% for m in messages %}{% if m.role != 'system' %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endif %}{% endfor %}{{ '<|im_start|>assistant\n' }}");
        var report = ContextReport.Make(bench.Agents.Default, tools, [], "hello", (tokenizer, template, 512), TimeProvider.System);
        Assert.InRange(report.Total, 1, 12);
        Assert.DoesNotContain(report.Lines, line => line.Kind == "file");
        Assert.All(report.Lines.Where(line => line.Kind == "tool"), line => Assert.Equal(0, line.Tokens));
        Assert.Equal(tools.Count, report.Lines.Count(line => line.Kind == "tool"));
    }
}
