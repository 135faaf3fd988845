using Microsoft.Extensions.AI;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Approvals;
using Runtime.Sessions;
using Runtime.Tools;
using Runtime.Tools.Policy;
using Runtime.Tools.Sessions;
using TestKit;

namespace Runtime.Tests.Agents.Turns;

/// <summary>Turns by a real model with random weights, which knows nothing: that its calls can be run is the grammar's doing alone, and the turn's that all ends well.</summary>
public sealed class RandomModelTests
{
    private const int Calls = 40;

    private static readonly AgentSettings Settings = new() { Tools = new ToolRules { Allow = ["lamp", "sessions_spawn"] }, MostSteps = Calls + 5 };

    [Fact]
    public async Task Turn_FortyForcedCalls_AllParseAndRun()
    {
        var lamp = new Lamp();
        using var bench = new RandomBench(Settings, _ => [lamp]);
        bench.Models.Call = (asked, _) => asked < Calls ? "" : null;
        var result = await bench.AskAsync("play with the lamp");
        Assert.Equal((TurnStatus.Ok, Calls), (result.Status, lamp.Runs));
        var lines = bench.Main.Read();
        Assert.Equal(Calls, lines.Sum(m => m.ToolCalls.Count));
        Assert.All(lines.Where(m => m.Role == SessionMessage.Tool), line => Assert.False(line.IsError, line.Text));
    }

    [Fact]
    public async Task Abort_InTheMiddleOfAnAnswer_AndOfACall_EndsTheTurn_AndTheNextOneRuns()
    {
        var lamp = new Lamp { Wait = Timeout.InfiniteTimeSpan };
        using var bench = new RandomBench(Settings, _ => [lamp]);
        bench.Models.MostTokens = 10_000;
        // By chance it says little, and has ended before it is stopped.
        for (var tries = 0; ; tries++)
        {
            var talking = bench.Turns.Start(bench.Main, $"r1-{tries}", "talk")!;
            while (talking.Answer.Length == 0 && !talking.Result.IsCompleted) await Task.Yield();
            talking.Abort();
            if ((await talking.Result).Status == TurnStatus.Aborted) break;
            Assert.True(tries < 50);
        }

        bench.Models.Call = (_, _) => "lamp";
        var calling = bench.Turns.Start(bench.Main, "r2", "call")!;
        await lamp.Begun.Task;
        calling.Abort();
        Assert.Equal(TurnStatus.Aborted, (await calling.Result).Status);
        Assert.Contains("Stopped before", bench.Main.Read()[^1].Text, StringComparison.Ordinal);

        (bench.Models.Call, bench.Models.MostTokens) = ((_, _) => null, 5);
        Assert.Equal(TurnStatus.Ok, (await bench.AskAsync("and now?")).Status);
    }

    [Fact]
    public async Task Steer_WhileAToolRuns_IsToldAtTheNextStep()
    {
        var lamp = new Lamp { Wait = Timeout.InfiniteTimeSpan };
        using var bench = new RandomBench(Settings, _ => [lamp]);
        bench.Models.Call = (asked, _) => asked == 0 ? "lamp" : null;
        var turn = bench.Turns.Start(bench.Main, "r1", "red")!;
        await lamp.Begun.Task;
        var steering = bench.Turns.Start(bench.Main, "r2", "no, blue", onAccepted: null, new TurnOrigin { Mode = QueueMode.Steer })!;
        lamp.Go.SetResult();
        Assert.Equal(TurnStatus.Ok, (await turn.Result).Status);
        Assert.Equal("r1", (await steering.Result).AnsweredBy);
        Assert.DoesNotContain(bench.Models.Asked[0], m => m.Text.Contains("blue", StringComparison.Ordinal));
        Assert.Contains(bench.Models.Asked[1], m => m.Role == ChatRole.User && m.Text.Contains("no, blue", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("allow")]
    [InlineData("deny")]
    [InlineData("expire")]
    public async Task Approval_AllowedDeniedOrExpired_RunsOrDoesNot_AndTheTurnEnds(string answer)
    {
        using var home = new TemporaryFolder();
        var (time, lamp) = (new ManualTime(), new Lamp());
        var approvals = new ApprovalBook(new GrantStore(home["grants.json"], time), time) { IsAnybodyThere = () => true };
        approvals.Requested += asked => _ = Task.Run(() =>
        {
            if (answer == "expire") time.Advance(TimeSpan.FromHours(1));
            else approvals.Resolve(asked.Id, answer == "allow" ? ApprovalDecision.AllowOnce : ApprovalDecision.Deny, "owner");
        });
        using var bench = new RandomBench(Settings with { Tools = new ToolRules { Ask = ["lamp"] } }, _ => [lamp], new ToolApprover(approvals));
        bench.Models.Call = (asked, _) => asked == 0 ? "lamp" : null;
        Assert.Equal(TurnStatus.Ok, (await bench.AskAsync("light")).Status);
        Assert.Equal(answer == "allow" ? 1 : 0, lamp.Runs);
        var asked = Assert.Single(approvals.History);
        Assert.Equal(answer == "expire" ? "timeout" : "user", asked.Reason);
        // What a person was shown is what the model called.
        Assert.Equal(bench.Main.Read().Single(m => m.ToolCalls.Count > 0).ToolCalls.Single().Arguments, asked.Request.Text);
        Assert.Equal(answer != "allow", bench.Main.Read().Single(m => m.Role == SessionMessage.Tool).IsError);
    }

    [Fact]
    public async Task Spawn_Forced_HelpersAnswer_AndAreBounded()
    {
        using var bench = new RandomBench(Settings, b => [new SessionSpawnTool(b.Agents, () => b.Turns)]);
        // Whoever is asked for the first time, the helpers too, has a helper; the depth has an end.
        bench.Models.Call = (_, told) => told[^1].Role == ChatRole.User ? "sessions_spawn" : null;
        Assert.Equal(TurnStatus.Ok, (await bench.AskAsync("help")).Status);
        var helpers = bench.Agents.Default.Sessions.List().Where(s => s.Key.Contains(":subagent:", StringComparison.Ordinal)).ToList();
        Assert.InRange(helpers.Count, 1, SessionSpawnTool.Deepest);
        Assert.All(helpers, helper => Assert.Empty(helper.OpenRuns));
        Assert.All(helpers, helper => Assert.Equal(SessionMessage.Assistant, helper.Read()[^1].Role));
    }

    [Fact]
    public async Task Conversation_LongerThanTheWindow_IsAnswered_AndPutIntoASummary()
    {
        using var bench = new RandomBench(Settings, _ => [new Lamp()], window: 2048);
        bench.Models.MostTokens = 40;
        for (var i = 0; i < 6; i++) Assert.Equal(TurnStatus.Ok, (await bench.AskAsync($"count {i} {new string('x', 400)}")).Status);
        while (bench.Main.Compactions == 0) await Task.Yield();
        Assert.Equal(TurnStatus.Ok, (await bench.AskAsync("and now?")).Status);
        Assert.DoesNotContain(bench.Models.Asked[^1], m => m.Text.Contains("count 0", StringComparison.Ordinal));
        Assert.Contains("count 0", File.ReadAllText(bench.Main.Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_InTheMiddleOfACall_GoesOnAndRepeatsNothing()
    {
        var lamp = new Lamp { Wait = Timeout.InfiniteTimeSpan };
        using var bench = new RandomBench(Settings, _ => [lamp]);
        bench.Models.Call = (asked, _) => asked < 2 ? "lamp" : null;
        bench.Turns.Start(bench.Main, "r1", "light");
        await lamp.Begun.Task;
        bench.Restart();
        bench.Models.Call = (_, _) => null;
        bench.Turns.ResumeInterrupted(bench.Agents.Default);
        Assert.Equal(TurnStatus.Ok, (await bench.Turns.Find("r1")!.Result).Status);
        Assert.Equal(1, lamp.Runs);
        Assert.Empty(bench.Main.OpenRuns);
        Assert.Contains(bench.Models.Asked[^1], m => m.Contents.OfType<FunctionResultContent>().Any(r => $"{r.Result}".Contains("Whether it took effect is not known", StringComparison.Ordinal)));
    }

    private sealed class Lamp() : Tool("lamp", "Sets the lamp.", """
        {"type":"object","properties":{"level":{"type":"integer","minimum":0,"maximum":100},"colour":{"enum":["red","green","blue"]}},"required":["level","colour"],"additionalProperties":false}
        """)
    {
        public int Runs { get; private set; }

        /// <summary>How long it takes where nobody says <see cref="Go"/>.</summary>
        public TimeSpan Wait { get; init; }

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ToolEffect Effect => ToolEffect.Writes;

        public override ToolProfile Profile => ToolProfile.Operator;

        public override TimeSpan Limit => TimeSpan.FromMinutes(5);

        public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
        {
            Runs++;
            Begun.TrySetResult();
            Assert.InRange(arguments.OptionalNumber("level", int.MinValue, int.MaxValue)!.Value, 0, 100);
            Assert.Contains(arguments.Text("colour"), (string[])["red", "green", "blue"]);
            if (Wait != TimeSpan.Zero) await Task.WhenAny(Go.Task, Task.Delay(Wait, cancellation));
            cancellation.ThrowIfCancellationRequested();
            return new ToolResult($"set ({Runs})");
        }
    }
}
