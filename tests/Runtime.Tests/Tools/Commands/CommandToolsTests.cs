using System.Text.Json.Nodes;
using Runtime.Approvals;
using Runtime.Audit;
using Runtime.Exec.Rules;
using Runtime.Sandbox;
using Runtime.Tools;
using Runtime.Tools.Commands;
using Runtime.Tools.Files;
using TestKit;

namespace Runtime.Tests.Tools.Commands;

/// <summary>The tools exec and process, with real programs in the real sandbox, and a person that the test plays.</summary>
public sealed class CommandToolsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ApprovalBook _approvals;
    private readonly ProcessBook _processes = new();
    private readonly List<AuditEvent> _audit = [];
    private readonly List<Approval> _asked = [];
    private readonly Dictionary<string, Tool> _tools;
    private bool _isRecordBroken;
    private Func<Approval, ApprovalDecision?> _person = _ => null;

    public CommandToolsTests()
    {
        _approvals = new ApprovalBook(new GrantStore(_folder["home/exec-grants.json"], TimeProvider.System), TimeProvider.System) { IsAnybodyThere = () => true };
        _approvals.Requested += approval =>
        {
            _asked.Add(approval);
            if (_person(approval) is { } decision) _ = Task.Run(() => _approvals.Resolve(approval.Id, decision, "owner"));
        };
        var commands = new CommandService(new ExecRulesFile(_folder["home/exec-approvals.json"]), _approvals, new CommandSandbox(isRequired: false), RecordAsync);
        _tools = CommandTools.All(commands, _processes).ToDictionary(tool => tool.Name);
        Directory.CreateDirectory(_folder["ws"]);
        File.WriteAllText(_folder["ws/notes.txt"], "one\ntwo\n");
    }

    [Fact]
    public async Task Exec_WhatOnlyReads_RunsWithoutAsking()
    {
        var result = await ExecAsync("cat notes.txt | wc -l && grep two notes.txt");
        Assert.Equal(("2\ntwo\n", false), (result.Text, result.IsError));
        Assert.Empty(_asked);
        var told = Assert.Single(_audit);
        Assert.Equal(("exec", AuditEvent.Allow), (told.Action, told.Decision));
    }

    [Fact]
    public async Task Exec_PersonAllows_Runs_AndDenies_DoesNot()
    {
        _person = _ => ApprovalDecision.AllowOnce;
        Assert.False((await ExecAsync("touch made")).IsError);
        Assert.True(File.Exists(_folder["ws/made"]));
        Assert.Equal("touch made", _asked.Single().Request.Text);

        _person = _ => ApprovalDecision.Deny;
        var refused = await ExecAsync("touch another");
        Assert.True(refused.IsRefused);
        Assert.False(File.Exists(_folder["ws/another"]));
        Assert.Equal([AuditEvent.Allow, AuditEvent.Deny], _audit.Select(told => told.Decision));
    }

    [Fact]
    public async Task Exec_NobodyThere_DoesNotRun()
    {
        _approvals.IsAnybodyThere = () => false;
        Assert.True((await ExecAsync("touch made")).IsRefused);
        Assert.False(File.Exists(_folder["ws/made"]));
    }

    // attacks.jsonl, approval-02.
    [Fact]
    public async Task Exec_ScriptChangesAfterItWasApproved_DoesNotRun()
    {
        File.WriteAllText(_folder["ws/run.sh"], "touch made\n");
        _person = _ =>
        {
            File.WriteAllText(_folder["ws/run.sh"], "touch evil\n");
            return ApprovalDecision.AllowOnce;
        };
        var result = await ExecAsync("sh ./run.sh");
        Assert.True(result.IsRefused);
        Assert.Contains("changed", result.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["ws/evil"]));
    }

    [Fact]
    public async Task Exec_Always_IsAskedOnceAndOnlyTheSameAgain()
    {
        _person = _ => ApprovalDecision.AllowAlways;
        await ExecAsync("touch made");
        await ExecAsync("touch made");
        Assert.Single(_asked);
        await ExecAsync("touch other");
        Assert.Equal(2, _asked.Count);
        await ExecAsync("touch made", agent: "another");
        Assert.Equal(3, _asked.Count);
    }

    // approval-04: what starts other programs is never kept.
    [Theory]
    [InlineData("sh -c 'touch made'")]
    [InlineData("env touch made")]
    [InlineData("for i in 1; do touch made; done")]
    [InlineData("touch $(echo made)")]
    public async Task Exec_StartersAndShellText_AreAllowedOnceOnly(string command)
    {
        _person = _ => ApprovalDecision.AllowOnce;
        Assert.False((await ExecAsync(command)).IsError);
        Assert.True(File.Exists(_folder["ws/made"]));
        Assert.False(_asked.Single().Request.MayBeAlways);
        await ExecAsync(command);
        Assert.Equal(2, _asked.Count);
    }

    [Theory]
    [InlineData("PATH=. ls")]
    [InlineData("git\u200b status")]
    [InlineData("ls \u202e x")]
    public async Task Exec_WhatMisleads_IsDeniedWithoutAsking(string command)
    {
        Assert.True((await ExecAsync(command)).IsRefused);
        Assert.Empty(_asked);
    }

    // secrets-04.
    [Fact]
    public async Task Exec_Environment_HoldsNothingOfThisProcess()
    {
        Environment.SetEnvironmentVariable("APPLIANCE_TEST_KEY", "sk-ant-planted");
        _person = _ => ApprovalDecision.AllowOnce;
        var result = await ExecAsync("env");
        Assert.DoesNotContain("planted", result.Text, StringComparison.Ordinal);
        Assert.Contains("PATH=", result.Text, StringComparison.Ordinal);
        Environment.SetEnvironmentVariable("APPLIANCE_TEST_KEY", null);
    }

    [Fact]
    public async Task Exec_RulesSwitchItOff_NothingRuns()
    {
        Directory.CreateDirectory(_folder["home"]);
        File.WriteAllText(_folder["home/exec-approvals.json"], """{"version":1,"agents":{"main":{"security":"deny"}}}""");
        Assert.True((await ExecAsync("ls")).IsRefused);
        File.WriteAllText(_folder["home/exec-approvals.json"], "{ broken");
        Assert.True((await ExecAsync("ls", agent: "other")).IsRefused);
    }

    [Fact]
    public async Task Exec_Aborted_EndsTheCommand()
    {
        using var abort = new CancellationTokenSource();
        _person = _ => ApprovalDecision.AllowOnce;
        var running = ExecAsync("sh -c 'touch started; sleep 1000'", cancellation: abort.Token);
        while (!File.Exists(_folder["ws/started"])) await Task.Delay(10);
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Process_BackgroundCommand_IsReadWrittenAndEnded()
    {
        _person = _ => ApprovalDecision.AllowOnce;
        var started = await ExecAsync("sh -c 'while read line; do echo got $line; done'", background: true);
        Assert.Contains("p1", started.Text, StringComparison.Ordinal);
        Assert.Contains("got hello", (await ProcessAsync("write", "hello\n")).Text, StringComparison.Ordinal);
        Assert.Contains("p1", (await ProcessAsync("list")).Text, StringComparison.Ordinal);
        await Assert.ThrowsAsync<Models.ModelException>(() => ProcessAsync("poll", session: "someone-else"));
        await ProcessAsync("kill");
        Assert.Equal("None.", (await ProcessAsync("list")).Text);
    }

    [Fact]
    public async Task Exec_RecordCannotBeWritten_DoesNotRun()
    {
        _isRecordBroken = true;
        _person = _ => ApprovalDecision.AllowOnce;
        await Assert.ThrowsAsync<Models.ModelException>(() => ExecAsync("touch made"));
        Assert.False(File.Exists(_folder["ws/made"]));
    }

    public void Dispose()
    {
        _processes.Dispose();
        _folder.Dispose();
    }

    private Task RecordAsync(AuditEvent happened)
    {
        if (_isRecordBroken) throw new Models.ModelException("The record cannot be written.");
        _audit.Add(happened);
        return Task.CompletedTask;
    }

    private Task<ToolResult> ExecAsync(string command, string agent = "main", bool background = false, CancellationToken cancellation = default) =>
        _tools["exec"].RunAsync(ToolArguments.Parse(new JsonObject { ["command"] = command, ["background"] = background }.ToJsonString()), Context(agent, "main"), cancellation);

    private Task<ToolResult> ProcessAsync(string action, string? text = null, string session = "main") =>
        _tools["process"].RunAsync(ToolArguments.Parse(new JsonObject { ["action"] = action, ["id"] = "p1", ["text"] = text }.ToJsonString()), Context("main", session), CancellationToken.None);

    private ToolContext Context(string agent, string session) => new() { Agent = agent, SessionKey = session, RunId = "r1", CallId = "c1", Files = new FileArea(_folder["ws"]) };
}
