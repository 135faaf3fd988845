using Models.Egress;
using Runtime.Agents;
using Runtime.Tools;
using Runtime.Tools.Policy;
using TestKit;

namespace Runtime.Tests.Tools;

/// <summary>The default tools over a real folder, and who calls them.</summary>
internal sealed class ToolBench : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public ToolBench(ToolRules? rules = null, IToolApprover? approver = null, params Tool[] more) : this(rules, approver, _ => { }, more) { }

    public ToolBench(ToolRules? rules, IToolApprover? approver, Action<ToolRunner> configure, params Tool[] more)
    {
        Agents = new AgentBook(_home["home"], [new AgentSettings { Tools = rules ?? ToolRules.Assistant }], TimeProvider.System);
        Runner = new ToolRunner(new ToolTable([.. DefaultTools.All(Agents, () => throw new NotSupportedException(), new EgressPolicy { Offline = true }, TimeProvider.System), .. more]), Agents.Policy(people: _ => PersonRules), approver);
        configure(Runner);
        Directory.CreateDirectory(Workspace);
        Context = new ToolContext { Agent = "main", SessionKey = "agent:main:main", RunId = "r", CallId = "c", Files = Agents.Default.Files };
    }

    public AgentBook Agents { get; }

    public ToolRunner Runner { get; }

    /// <summary>What may be called for anybody but the owner.</summary>
    public ToolRules PersonRules { get; set; } = new() { Profile = ToolProfile.Minimal };

    public ToolContext Context { get; set; }

    public string Workspace => Agents.Default.Workspace;

    /// <summary>A path outside the workspace.</summary>
    public string Outside(string name) => _home[name];

    public string Put(string name, string text)
    {
        var path = Path.Combine(Workspace, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string Get(string name) => File.ReadAllText(Path.Combine(Workspace, name));

    public Task<ToolResult> CallAsync(string tool, string arguments) => Runner.CallAsync(tool, ToolArguments.Parse(arguments), Context, default);

    public async Task<string> OkAsync(string tool, string arguments)
    {
        var result = await CallAsync(tool, arguments);
        Assert.False(result.IsError, result.Text);
        return result.Text;
    }

    public async Task<string> ErrorAsync(string tool, string arguments)
    {
        var result = await CallAsync(tool, arguments);
        Assert.True(result.IsError, result.Text);
        return result.Text;
    }

    public void Dispose() => _home.Dispose();
}
