using Runtime.Approvals;
using Runtime.Audit;
using Runtime.Tests.Tools;
using Runtime.Tools;
using TestKit;

namespace Runtime.Tests.Audit;

/// <summary>What the audit log hears of tools and approvals, through a real runner and a real log.</summary>
public sealed class ToolAuditTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("write", """{"path":"a.txt","content":"x"}""")]
    [InlineData("edit", """{"path":"old.txt","old":"x","new":"y"}""")]
    [InlineData("apply_patch", """{"patch":"*** Begin Patch\n*** Delete File: old.txt\n*** End Patch"}""")]
    public async Task Call_ThatChangesSomething_DoesNotRun_WhereItCannotBeRecorded(string tool, string arguments)
    {
        await using var log = Broken();
        using var bench = Bench(log);
        bench.Put("old.txt", "x");
        var why = await bench.ErrorAsync(tool, arguments);
        Assert.Contains("could not be recorded", why, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(bench.Workspace, "a.txt")));
        Assert.Equal("x", bench.Get("old.txt"));
    }

    [Theory]
    [InlineData(ToolEffect.Outward)]
    [InlineData(ToolEffect.Destructive)]
    public async Task Call_ThatReachesOutOrDestroys_DoesNotRun_WhereItCannotBeRecorded(ToolEffect effect)
    {
        await using var log = Broken();
        var probe = new Probe("probe", effect);
        using var bench = Bench(log, new Yes(), probe);
        await bench.ErrorAsync("probe", "{}");
        Assert.Equal(0, probe.Runs);
    }

    [Fact]
    public async Task Call_ThatReads_RunsAllTheSame()
    {
        await using var log = Broken();
        using var bench = Bench(log);
        bench.Put("a.txt", "hello");
        Assert.Contains("hello", await bench.OkAsync("read", """{"path":"a.txt"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ThatChangesSomething_IsOnTheDisk_BeforeItRuns()
    {
        await using var log = new AuditLog(_home.Path, TimeProvider.System);
        var before = new List<AuditEvent>();
        var probe = new Probe("probe", ToolEffect.Writes)
        {
            Run = _ =>
            {
                before.AddRange(AuditReader.NewestFirst(_home.Path).Select(r => r.Event));
                return Task.FromResult("done");
            },
        };
        using var bench = Bench(log, null, probe);
        await bench.OkAsync("probe", """{"x":"secret text"}""");
        Assert.Contains(before, e => e is { Kind: AuditKind.Tool, Action: "probe", Outcome: "started", Call: "c", Run: "r", By.Person: "owner" } && e.Input == AuditContent.Of("""{"x":"secret text"}"""));
    }

    [Fact]
    public async Task Reads_AreRecordedByFile_AndWhatSearchesManyByNumber()
    {
        await using (var log = new AuditLog(_home.Path, TimeProvider.System))
        {
            using var bench = Bench(log);
            for (var i = 0; i < 12; i++) bench.Put($"notes/{i}.md", "private");
            await bench.OkAsync("read", """{"path":"notes/3.md"}""");
            await bench.OkAsync("grep", """{"regex":"private","path":"notes"}""");
            await bench.ErrorAsync("read", """{"path":"../outside"}""");
            await log.FlushAsync();
            var events = AuditReader.NewestFirst(_home.Path).Select(r => r.Event).ToList();
            Assert.Equal(Path.Combine(bench.Workspace, "notes/3.md"), Assert.Single(events, e => e is { Kind: AuditKind.Read, Action: "read" }).Resource);
            Assert.Equal(9, events.Count(e => e is { Kind: AuditKind.Read, Action: "grep" }));
            Assert.Equal(4, Assert.Single(events, e => e is { Kind: AuditKind.Read, Count: > 0 }).Count);
            Assert.DoesNotContain("private", string.Concat(Directory.GetFiles(_home["audit"], "*.jsonl").Select(File.ReadAllText)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Folders_ThatAreNotOpenToSomebody_AreNeitherReadNorListedNorWritten()
    {
        using var bench = new ToolBench(null, null, runner => runner.MayReach = (person, path, workspace) => person == "ann" && path.StartsWith(Path.Combine(workspace, "shared"), StringComparison.Ordinal));
        bench.PersonRules = Runtime.Tools.Policy.ToolRules.Assistant;
        bench.Put("shared/a.md", "open");
        bench.Put("diary.md", "closed");
        bench.Context = bench.Context with { Person = "ann" };
        Assert.Contains("open", await bench.OkAsync("read", """{"path":"shared/a.md"}"""), StringComparison.Ordinal);
        Assert.Contains("a.md", await bench.OkAsync("ls", """{"path":"shared"}"""), StringComparison.Ordinal);
        foreach (var (tool, arguments) in ((string, string)[])[
            ("read", """{"path":"diary.md"}"""), ("read", """{"path":"shared/../diary.md"}"""), ("ls", "{}"), ("grep", """{"regex":"closed"}"""), ("find", """{"name":"*.md"}"""),
            ("write", """{"path":"diary.md","content":"x"}"""), ("edit", """{"path":"diary.md","old":"closed","new":"x"}""")])
            Assert.DoesNotContain("closed", await bench.ErrorAsync(tool, arguments), StringComparison.Ordinal);
        Assert.Equal("closed", bench.Get("diary.md"));
        // The owner is bound by the agent's folders alone.
        bench.Context = bench.Context with { Person = null };
        Assert.Contains("closed", await bench.OkAsync("read", """{"path":"diary.md"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approvals_AreRecorded_WithTheirEnd_AndWithoutTheirText()
    {
        await using (var log = new AuditLog(_home.Path, TimeProvider.System))
        {
            var book = new ApprovalBook(new GrantStore(_home["grants.json"], TimeProvider.System), TimeProvider.System) { IsAnybodyThere = () => true };
            var audit = new ApprovalAudit(log);
            book.Requested += audit.Requested;
            book.Resolved += audit.Resolved;
            var asked = book.Begin(new ApprovalRequest("exec", "rm -rf private") { Program = "/bin/rm", Agent = "main", Run = "r" });
            book.Resolve(asked.Id, ApprovalDecision.AllowOnce, "device-1");
            await log.FlushAsync();
            var events = AuditReader.NewestFirst(_home.Path).Select(r => r.Event).ToList();
            Assert.Single(events, e => e is { Kind: AuditKind.Approval, Action: "requested", Resource: "/bin/rm", Decision: null } && e.Approval == asked.Id);
            Assert.Single(events, e => e is { Kind: AuditKind.Approval, Action: "resolved", Decision: AuditEvent.Allow, Rule: "user", Detail: "by device-1" } && e.Input == AuditContent.Of("rm -rf private"));
            Assert.DoesNotContain("private", string.Concat(Directory.GetFiles(_home["audit"], "*.jsonl").Select(File.ReadAllText)), StringComparison.Ordinal);
        }
    }

    // Where its folder is to be, there is a file.
    private AuditLog Broken()
    {
        File.WriteAllText(_home["audit"], "");
        return new AuditLog(_home.Path, TimeProvider.System);
    }

    private static ToolBench Bench(AuditLog log, IToolApprover? approver = null, params Tool[] more) => new(null, approver, runner =>
    {
        var audit = new ToolAudit(log);
        runner.Starting = audit.BeginAsync;
        runner.Called += audit.Hear;
    }, more);

    private sealed class Yes : IToolApprover
    {
        public Task<bool> ApproveAsync(Tool tool, ToolArguments arguments, ToolContext context, string why, CancellationToken cancellation) => Task.FromResult(true);
    }
}
