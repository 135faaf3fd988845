using Runtime.Tools;
using Runtime.Tools.Policy;

namespace Runtime.Tests.Tools.Policy;

public sealed class ToolPolicyTests
{
    private static readonly ToolRules Everything = new() { Profile = ToolProfile.Operator };

    [Theory]
    [InlineData(ToolProfile.Minimal, "time", true)]
    [InlineData(ToolProfile.Minimal, "read", false)]
    [InlineData(ToolProfile.Assistant, "write", true)]
    [InlineData(ToolProfile.Assistant, "rm", false)]
    [InlineData(ToolProfile.Operator, "rm", true)]
    public async Task Profile_HasItsToolsAndThoseBelow(ToolProfile profile, string tool, bool allowed)
    {
        using var bench = new ToolBench(new ToolRules { Profile = profile }, approver: null, new Probe("rm", ToolEffect.Reads, ToolProfile.Operator));
        var result = await bench.CallAsync(tool, """{"path":"x","content":"y"}""");
        Assert.Equal(!allowed, result.IsRefused);
        Assert.Equal(allowed, bench.Runner.For("main", null, null).Any(t => t.Name == tool));
    }

    [Fact]
    public void Decide_TheStrictestOfAgentChannelAndPerson_AndDenyByDefault()
    {
        var tool = new Probe("web_fetch", ToolEffect.Reads, ToolProfile.Assistant);
        var policy = new ToolPolicy(
            new Dictionary<string, ToolRules> { ["main"] = Everything, ["guest"] = ToolRules.Nothing },
            new Dictionary<string, ToolRules> { ["open"] = Everything, ["asks"] = Everything with { Ask = ["web_*"] } },
            person => person switch { "ada" => Everything, "bob" => Everything with { Deny = ["web_*"] }, _ => ToolRules.Nothing });
        foreach (var (agent, channel, person, expected) in new[]
        {
            ("main", null, null, ToolVerdict.Allow), ("main", "open", "ada", ToolVerdict.Allow), ("main", "asks", "ada", ToolVerdict.Ask),
            ("main", "open", "bob", ToolVerdict.Deny), ("main", "asks", "bob", ToolVerdict.Deny), ("main", "unknown", null, ToolVerdict.Deny),
            ("main", null, "stranger", ToolVerdict.Deny), ("guest", null, null, ToolVerdict.Deny), ("nobody", null, null, ToolVerdict.Deny),
        })
            Assert.Equal(expected, policy.Decide(tool, tool.Effect, Context(agent, channel, person)).Verdict);
    }

    [Theory]
    [InlineData(ToolEffect.Reads, true, ToolVerdict.Allow)]
    [InlineData(ToolEffect.Writes, true, ToolVerdict.Allow)]
    [InlineData(ToolEffect.Outward, false, ToolVerdict.Allow)]
    [InlineData(ToolEffect.Outward, true, ToolVerdict.Ask)]
    [InlineData(ToolEffect.Destructive, false, ToolVerdict.Ask)]
    [InlineData(ToolEffect.Destructive, true, ToolVerdict.Ask)]
    public void Decide_ByEffectAndTaint(ToolEffect effect, bool tainted, ToolVerdict expected)
    {
        var policy = new ToolPolicy(new Dictionary<string, ToolRules> { ["main"] = Everything });
        Assert.Equal(expected, policy.Decide(new Probe("t", effect), effect, Context("main", null, null) with { IsTainted = tainted }).Verdict);
    }

    [Fact]
    public async Task Call_Asked_RunsOnlyWhenAPersonSaysYes()
    {
        var probe = new Probe("rm", ToolEffect.Destructive);
        foreach (var answer in new bool?[] { null, false, true })
        {
            using var bench = new ToolBench(Everything, answer is { } yes ? new Approver(yes) : null, probe);
            var result = await bench.CallAsync("rm", "{}");
            Assert.Equal(answer != true, result.IsRefused);
        }
        Assert.Equal(1, probe.Runs);
    }

    [Fact]
    public async Task Call_FaultTimeoutAndLength_AreResultsAModelCanRead()
    {
        var faults = new List<Exception>();
        using var bench = new ToolBench(Everything, approver: null,
            new Probe("bug", ToolEffect.Reads) { Run = _ => throw new InvalidOperationException("inner detail") },
            new Probe("slow", ToolEffect.Reads) { Time = TimeSpan.FromMilliseconds(20), Run = stop => Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => "", TaskScheduler.Default) },
            new Probe("deaf", ToolEffect.Reads) { Time = TimeSpan.FromMilliseconds(20), Run = _ => new TaskCompletionSource<string>().Task },
            new Probe("long", ToolEffect.Reads) { Run = _ => Task.FromResult(new string('x', 1_000_000)) });
        bench.Runner.Faulted += faults.Add;
        Assert.DoesNotContain("inner detail", await bench.ErrorAsync("bug", "{}"), StringComparison.Ordinal);
        Assert.Single(faults);
        Assert.Contains("longer than", await bench.ErrorAsync("slow", "{}"), StringComparison.Ordinal);
        Assert.Contains("longer than", await bench.ErrorAsync("deaf", "{}"), StringComparison.Ordinal);
        var text = await bench.OkAsync("long", "{}");
        Assert.InRange(text.Length, ToolRunner.LongestResult, ToolRunner.LongestResult + 100);
        Assert.Contains("characters left out", text, StringComparison.Ordinal);
        Assert.True((await bench.CallAsync("nothing", "{}")).IsRefused);
        Assert.Contains("path is missing", await bench.ErrorAsync("read", "{}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ByAIFunction_PassesNoPolicySoItIsRefused() =>
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await new Probe("t", ToolEffect.Reads).InvokeAsync());

    private static ToolContext Context(string agent, string? channel, string? person) =>
        new() { Agent = agent, Channel = channel, Person = person, SessionKey = "agent:main:main", RunId = "r", CallId = "c", Files = new("/nowhere") };

    private sealed class Approver(bool yes) : IToolApprover
    {
        public Task<bool> ApproveAsync(Tool tool, ToolArguments arguments, ToolContext context, string why, CancellationToken cancellation) => Task.FromResult(yes);
    }
}
