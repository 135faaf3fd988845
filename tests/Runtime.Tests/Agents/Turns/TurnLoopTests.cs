using System.Diagnostics;
using Microsoft.Extensions.AI;
using Models;
using Models.Generation;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Sessions;
using Runtime.Tests.Tools;
using Runtime.Tools;
using Runtime.Tools.Policy;
using TestKit;
using static Runtime.Tests.Agents.Turns.ScriptedModels;

namespace Runtime.Tests.Agents.Turns;

public sealed class TurnLoopTests
{
    private static readonly AgentSettings Operator = new() { Tools = new ToolRules { Profile = ToolProfile.Operator } };

    [Fact]
    public async Task Turn_FortySteps_DoesTheTask_AndEveryLineIsOnTheDisk()
    {
        using var bench = new TurnBench();
        bench.Models.Script(step => step switch
        {
            < 39 => [new TextContent($"step {step}"), Call("write", $$"""{"path":"notes/{{step}}.txt","content":"{{step}}"}""")],
            39 => [Call("find", """{"name":"*.txt","path":"notes"}""")],
            _ => [new TextContent("All 39 files are written.")],
        });
        var result = await bench.AskAsync("write 39 files");
        Assert.Equal((TurnStatus.Ok, "All 39 files are written."), (result.Status, result.Answer!.Text));
        Assert.Equal(39, Directory.GetFiles(Path.Combine(bench.Workspace, "notes")).Length);
        bench.Restart();
        var lines = bench.Main.Read();
        Assert.Equal(1 + 40 * 2 + 1, lines.Count);
        Assert.Equal(40, lines.Count(m => m is { Role: SessionMessage.Assistant, StopReason: "toolUse", ToolCalls.Count: 1 }));
        Assert.Contains("notes/38.txt", lines[^2].Text, StringComparison.Ordinal);
        Assert.Equal(["TurnAccepted", "TurnStarted", "TurnDelta", "TurnCalled", "TurnToolStarted", "TurnToolEnded", "TurnDelta"], bench.Events.Take(7).Select(e => e.GetType().Name));
        Assert.Empty(bench.Faults);
        // What a step is told is what the one before was told, and more: what was computed of it is used again.
        for (var i = 1; i < bench.Models.Asked.Count; i++)
            Assert.Equal(bench.Models.Asked[i - 1].Messages.Select(Show), bench.Models.Asked[i].Messages.Take(bench.Models.Asked[i - 1].Messages.Count).Select(Show));
    }

    [Fact]
    public async Task Turn_NextOne_IsToldTheSameOfTheLast()
    {
        using var bench = new TurnBench();
        bench.Models.Script(step => step == 0 ? [Call("ls", "{}")] : [new TextContent("ok")]);
        Directory.CreateDirectory(bench.Workspace);
        await bench.AskAsync("look");
        var last = bench.Models.Asked[^1].Messages;
        bench.Restart();
        await bench.AskAsync("and now?");
        var next = bench.Models.Asked[^1].Messages;
        Assert.Equal(last.Select(Show), next.Take(last.Count).Select(Show));
        Assert.Equal([ChatRole.Assistant, ChatRole.User], next.Skip(last.Count).Select(m => m.Role));
    }

    [Fact]
    public async Task Turn_ToolsFail_StillOneAnswer()
    {
        using var bench = new TurnBench(Operator, new Probe("bad", ToolEffect.Reads) { Run = _ => throw new InvalidOperationException() });
        bench.Models.Script(step => step switch { 0 => [Call("bad", "{}")], 1 => [Call("nothing", "{}")], 2 => [], _ => [new TextContent("It does not work.")] });
        var result = await bench.AskAsync("do it");
        Assert.Equal((TurnStatus.Ok, "It does not work."), (result.Status, result.Answer!.Text));
        Assert.Null(bench.Models.Asked[^1].Options!.Tools);
        Assert.Single(bench.Faults);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cost01_TurnWithoutEnd_IsEndedWithAnAnswer(bool same)
    {
        var probe = new Probe("same", ToolEffect.Reads);
        using var looping = new TurnBench(Operator with { MostSteps = 12 }, probe);
        looping.Models.Answer = (told, _) => told[^1].Text.Contains("Answer now", StringComparison.Ordinal) ? Say("enough") : Say(Call("same", same ? "{}" : $$"""{"x":"{{Guid.NewGuid()}}"}"""));
        Assert.Equal("enough", (await looping.AskAsync("go")).Answer!.Text);
        Assert.Equal(same ? 5 : 12, probe.Runs);
        Assert.Equal(same, looping.Main.Read().Any(m => m.Text.Contains("3 times", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Abort_InATool_EndsAtOnce_AndTheCallHasAResult()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var bench = new TurnBench(Operator, new Probe("deaf", ToolEffect.Reads)
        {
            // Does not listen to its token, as bad tools do.
            Run = _ => { begun.SetResult(); return new TaskCompletionSource<string>().Task; },
            Time = TimeSpan.FromMinutes(5),
        });
        bench.Models.Script(_ => [new TextContent("I try"), Call("deaf", "{}")]);
        var turn = bench.Turns.Start(bench.Main, "r", "go")!;
        await begun.Task;
        var watch = Stopwatch.StartNew();
        turn.Abort();
        Assert.Equal(TurnStatus.Aborted, (await turn.Result).Status);
        Console.WriteLine($"figure: abort in a tool that does not listen: {watch.Elapsed.TotalMilliseconds:0} ms");
        Assert.Contains("Stopped before", bench.Main.Read()[^1].Text, StringComparison.Ordinal);
        Assert.Empty(bench.Main.OpenRuns);
        bench.Models.Script(_ => [new TextContent("ok")]);
        Assert.Equal("ok", (await bench.AskAsync("and now")).Answer!.Text);
    }

    [Fact]
    public async Task Steer_IsSeenAtTheNextStep_AndEndsWithTheTurn()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var bench = new TurnBench(Operator, new Probe("wait", ToolEffect.Reads) { Run = async _ => { begun.SetResult(); await gate.Task; return "done"; } });
        bench.Models.Script(step => step == 0 ? [Call("wait", "{}")] : [new TextContent("blue it is")]);
        var turn = bench.Turns.Start(bench.Main, "r1", "paint it red")!;
        await begun.Task;
        var steering = bench.Turns.Start(bench.Main, "r2", "no, blue", onAccepted: null, new TurnOrigin { Mode = QueueMode.Steer })!;
        gate.SetResult();
        Assert.Equal("blue it is", (await turn.Result).Answer!.Text);
        Assert.Equal("r1", (await steering.Result).AnsweredBy);
        Assert.Equal("no, blue", bench.Models.Asked[1].Messages[^1].Text);
        Assert.Equal(2, bench.Models.Asked.Count);
        Assert.Null((await bench.AskAsync("x", "r3", new TurnOrigin { Mode = QueueMode.Steer })).AnsweredBy);
    }

    [Fact]
    public async Task Steer_WhileTheLastAnswerIsMade_IsAnsweredToo()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var bench = new TurnBench();
        var step = 0;
        bench.Models.Answer = (_, _) => step++ == 0 ? Late() : Say("second");
        var turn = bench.Turns.Start(bench.Main, "r1", "one")!;
        while (turn.Answer.Length == 0) await Task.Yield();
        bench.Turns.Start(bench.Main, "r2", "two", onAccepted: null, new TurnOrigin { Mode = QueueMode.Steer });
        gate.SetResult();
        Assert.Equal("second", (await turn.Result).Answer!.Text);
        Assert.Equal(["one", "first", "two", "second"], bench.Main.Read().OrderBy(m => m.Ts).Select(m => m.Text).Order(Comparer<string>.Create((a, b) => Place(a) - Place(b))));

        static int Place(string text) => Array.IndexOf(["one", "first", "two", "second"], text);

        async IAsyncEnumerable<AIContent> Late()
        {
            yield return new TextContent("fir");
            await gate.Task;
            yield return new TextContent("st");
        }
    }

    [Fact]
    public async Task Collect_JoinsWhatWaits_AndInterruptStopsWhatRuns()
    {
        using var bench = new TurnBench();
        bench.Models.Answer = (_, cancellation) => SayAndHang("thinking", cancellation);
        var running = bench.Turns.Start(bench.Main, "r1", "one")!;
        while (running.Answer.Length == 0) await Task.Yield();
        var collect = new TurnOrigin { Mode = QueueMode.Collect };
        var waits = bench.Turns.Start(bench.Main, "r2", "two", onAccepted: null, collect)!;
        var joins = bench.Turns.Start(bench.Main, "r3", "three", onAccepted: null, collect)!;
        bench.Models.Answer = (told, _) => Say($"re: {told[^1].Text}");
        running.Abort();
        Assert.Equal("re: two\n\nthree", (await waits.Result).Answer!.Text);
        Assert.Equal("r2", (await joins.Result).AnsweredBy);

        bench.Models.Answer = (_, cancellation) => SayAndHang("thinking", cancellation);
        var old = bench.Turns.Start(bench.Main, "r4", "four")!;
        while (old.Answer.Length == 0) await Task.Yield();
        bench.Models.Answer = (told, _) => Say($"re: {told[^1].Text}");
        var next = bench.Turns.Start(bench.Main, "r5", "five", onAccepted: null, new TurnOrigin { Mode = QueueMode.Interrupt })!;
        Assert.Equal((TurnStatus.Aborted, "re: five"), ((await old.Result).Status, (await next.Result).Answer!.Text));
    }

    [Fact]
    public async Task Restart_InTheMiddleOfACall_GoesOnAndRepeatsNothing()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var probe = new Probe("pay", ToolEffect.Writes) { Run = stop => { begun.TrySetResult(); return Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => "", TaskScheduler.Default); }, Time = TimeSpan.FromMinutes(5) };
        using var bench = new TurnBench(Operator, probe);
        bench.Models.Script(_ => [new TextContent("paying"), Call("pay", """{"x":"10"}""")]);
        bench.Turns.Start(bench.Main, "r1", "pay ten");
        await begun.Task;

        bench.Restart();
        bench.Models.Answer = (told, _) => Say(told[^1].Contents.OfType<FunctionResultContent>().Single().Result as string == History ? "I do not know whether it was paid." : "?");
        bench.Turns.ResumeInterrupted(bench.Agents.Default);
        var result = await bench.Turns.Find("r1")!.Result;
        Assert.Equal((TurnStatus.Ok, "I do not know whether it was paid."), (result.Status, result.Answer!.Text));
        Assert.Equal(1, probe.Runs);
        Assert.Empty(bench.Main.OpenRuns);
        Assert.Null(Assert.Single(bench.Main.Read(), m => m.Role == SessionMessage.User).ToolCallId);
        // The session says so as well, not the model alone.
        Assert.Equal((History, true), Assert.Single(bench.Main.Read(), m => m.Role == SessionMessage.Tool) is var line ? (line.Text, line.IsError) : default);
    }

    [Fact]
    public async Task Restart_Twice_IsNotTriedAThirdTime()
    {
        using var bench = new TurnBench();
        bench.Models.Answer = (_, cancellation) => SayAndHang("x", cancellation);
        for (var i = 0; i < 2; i++)
        {
            var turn = bench.Turns.Start(bench.Main, "r1", "crash me")!;
            while (turn.Answer.Length == 0) await Task.Yield();
            bench.Restart();
        }
        Assert.Null(bench.Turns.Start(bench.Main, "r1", "crash me"));
        Assert.Empty(bench.Main.OpenRuns);
    }

    [Fact]
    public async Task Retry_BusyModel_TriesAgain_AndOtherErrorsStay()
    {
        using var bench = new TurnBench();
        var tries = 0;
        bench.Models.Answer = (_, _) => tries++ < 2 ? throw new GenerationException("busy") { RetryAfter = TimeSpan.FromMilliseconds(1) } : Say("there");
        Assert.Equal(("there", 3), ((await bench.AskAsync("hi")).Answer!.Text, tries));
        tries = 0;
        bench.Models.Answer = (_, _) => { tries++; throw new ModelException("broken"); };
        Assert.Equal(("broken", 1), ((await bench.AskAsync("hi")).Error, tries));
    }

    [Fact]
    public async Task Retry_AfterSomethingWasSaid_IsNotTried_AndWhatWasSaidIsKept()
    {
        using var bench = new TurnBench();
        var tries = 0;
        bench.Models.Answer = (_, _) => Broken();
        var result = await bench.AskAsync("hi");
        Assert.Equal((TurnStatus.Failed, "busy", 1), (result.Status, result.Error, tries));
        Assert.Equal("half", bench.Main.Read()[^1].Text);

        async IAsyncEnumerable<AIContent> Broken()
        {
            tries++;
            yield return new TextContent("half");
            await Task.Yield();
            throw new GenerationException("busy") { RetryAfter = TimeSpan.FromMilliseconds(1) };
        }
    }

    [Fact]
    public async Task Turn_ItsTimeIsOver_IsEndedWithAnAnswer()
    {
        var time = new ManualTime();
        var probe = new Probe("slow", ToolEffect.Reads) { Run = _ => { time.Advance(TimeSpan.FromMinutes(3.5)); return Task.FromResult("not yet"); }, Time = TimeSpan.FromMinutes(5) };
        using var bench = new TurnBench(time, Operator with { TurnLimit = TimeSpan.FromMinutes(10) }, probe);
        var call = 0;
        bench.Models.Answer = (told, _) => told[^1].Text.Contains("Answer now", StringComparison.Ordinal) ? Say("enough") : Say(Call("slow", $$"""{"x":"{{call++}}"}"""));
        Assert.Equal("enough", (await bench.AskAsync("go")).Answer!.Text);
        // After the third, ten and a half minutes have gone.
        Assert.Equal(3, probe.Runs);
        Assert.Null(bench.Models.Asked[^1].Options!.Tools);
    }

    [Fact]
    public async Task Turn_ThatDoesNotEndThoughItWasStopped_IsStuck_UntilItEnds()
    {
        var time = new ManualTime();
        var (deaf, began) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var bench = new TurnBench(time, Operator with { TurnLimit = TimeSpan.FromMinutes(10) });
        bench.Models.Answer = (_, _) => Deaf();
        var turn = bench.Turns.Start(bench.Main, "run", "go")!;
        await began.Task;
        time.Advance(TimeSpan.FromMinutes(12));
        Assert.Null(bench.Turns.Stuck);
        time.Advance(TurnRunner.PatienceWithStopped + TimeSpan.FromSeconds(1));
        Assert.Same(turn, bench.Turns.Stuck);
        deaf.SetResult();
        await turn.Result;
        Assert.Null(bench.Turns.Stuck);

        async IAsyncEnumerable<AIContent> Deaf()
        {
            began.SetResult();
            await deaf.Task;
            yield return new TextContent("late");
        }
    }

    [Fact]
    public async Task Taint_FollowsTheSession_AlsoAfterARestart()
    {
        var send = new Probe("send", ToolEffect.Outward);
        using var bench = new TurnBench(Operator, send);
        Directory.CreateDirectory(bench.Workspace);
        bench.Models.Script(step => step switch { 0 => [Call("send", "{}")], 1 => [Call("ls", "{}")], 2 => [Call("send", "{}")], _ => [new TextContent("ok")] });
        await bench.AskAsync("go");
        Assert.Equal(1, send.Runs);
        bench.Restart();
        bench.Models.Script(step => step == 0 ? [Call("send", "{}")] : [new TextContent("ok")]);
        await bench.AskAsync("again");
        Assert.Equal(1, send.Runs);
        Assert.Contains("a person must say yes", bench.Main.Read()[^2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Turn_ManyTools_FindsTheOneItNeeds()
    {
        using var bench = new TurnBench(Operator, [.. Enumerable.Range(0, 60).Select(i => new Probe($"gadget{i}_switch", ToolEffect.Reads))]);
        bench.Models.Script(step => step switch { 0 => [Call("tools", """{"for":"gadget57 switch"}""")], 1 => [Call("gadget57_switch", "{}")], _ => [new TextContent("done")] });
        Assert.Equal("done", (await bench.AskAsync("do the thing")).Answer!.Text);
        var told = bench.Models.Asked.Select(a => a.Options!.Tools!.Select(t => t.Name).ToHashSet()).ToArray();
        Assert.DoesNotContain("gadget57_switch", told[0]);
        Assert.Contains("gadget57_switch", told[1]);
        Assert.True(told[0].Count < 30);
        await bench.AskAsync("once more");
        Assert.Contains("gadget57_switch", bench.Models.Asked[^1].Options!.Tools!.Select(t => t.Name));
    }

    [Fact]
    public async Task Turn_ConversationTooLong_IsAnswered_AndThenPutIntoASummary()
    {
        using var bench = new TurnBench();
        bench.Models.Answer = (told, _) =>
            told is [{ Role: var only }] && only == ChatRole.User && told[0].Text.StartsWith("Sum up", StringComparison.Ordinal) ? Say("They counted.") : Say(new string('y', 20_000));
        for (var i = 0; i < 8; i++) Assert.Equal(TurnStatus.Ok, (await bench.AskAsync($"count {i} {new string('x', 4000)}")).Status);
        while (bench.Main.Compactions == 0) await Task.Yield();
        bench.Models.Answer = (_, _) => Say("ok");
        await bench.AskAsync("and now?");
        var told = string.Join('\n', bench.Models.Asked[^1].Messages.Select(m => m.Text));
        Assert.Contains("They counted.", told, StringComparison.Ordinal);
        Assert.DoesNotContain("count 0", told, StringComparison.Ordinal);
        Assert.Contains("count 0", File.ReadAllText(bench.Main.Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spawn_HelperWorksAlone_AndReports()
    {
        using var bench = new TurnBench();
        bench.Models.Answer = (told, _) => told[^1] switch
        {
            { Role: var role, Text: var text } when role == ChatRole.User && text.Contains("count the files", StringComparison.Ordinal) => Say("There are 3."),
            { Role: var role } when role == ChatRole.User => Say(Call("sessions_spawn", """{"task":"count the files"}"""), Call("sessions_spawn", """{"task":"count the files again"}""")),
            _ => Say("My helpers say: 3."),
        };
        Assert.Equal("My helpers say: 3.", (await bench.AskAsync("how many files?")).Answer!.Text);
        Assert.Equal(2, bench.Agents.Default.Sessions.List().Count(s => s.Key.Contains(":subagent:", StringComparison.Ordinal)));
        Assert.Equal(["There are 3.", "There are 3."], bench.Main.Read().Where(m => m.Role == SessionMessage.Tool).Select(m => m.Text));
        // The helper saw its task and nothing else.
        Assert.DoesNotContain(bench.Models.Asked, a => a.Messages[^1].Text.Contains("count", StringComparison.Ordinal) && a.Messages.Any(m => m.Text.Contains("how many", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Spawn_WithoutEnd_IsBoundedInDepthAndNumber()
    {
        using var bench = new TurnBench();
        bench.Models.Answer = (told, _) => told[^1].Role == ChatRole.User && !told[^1].Text.Contains("Answer now", StringComparison.Ordinal)
            ? Say([.. Enumerable.Range(0, 10).Select(i => Call("sessions_spawn", $$"""{"task":"again {{i}}"}"""))]) : Say("done");
        Assert.Equal("done", (await bench.AskAsync("go")).Answer!.Text);
        var helpers = bench.Agents.Default.Sessions.List().Count(s => s.Key.Contains(":subagent:", StringComparison.Ordinal));
        Assert.InRange(helpers, 8, 16);
    }

    [Fact]
    public async Task Secrets_AreNotKept_AndTheToolGetsThem()
    {
        using var bench = new TurnBench();
        bench.Models.Script(step => step switch
        {
            0 => [Call("write", """{"path":"k.txt","content":"sk-abcdefghijklmnopqrstuvwx123"}""")],
            1 => [Call("read", """{"path":"k.txt"}""")],
            _ => [new TextContent("kept")],
        });
        await bench.AskAsync("keep my key");
        Assert.Equal("sk-abcdefghijklmnopqrstuvwx123", bench.Text("k.txt"));
        Assert.DoesNotContain("abcdefghijkl", File.ReadAllText(bench.Main.Path), StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Events.OfType<TurnToolEnded>(), e => e.Result.Text.Contains("abcdefghijkl", StringComparison.Ordinal));
    }

    private const string History = "[No result: the program was stopped while this ran, or while it waited for an approval, which is gone. Whether it took effect is not known. Check before you do it again, or say so.]";

    private static string Show(ChatMessage message) => $"{message.Role}: " + string.Join(" | ", message.Contents.Select(c => c switch
    {
        TextContent text => text.Text,
        FunctionCallContent call => $"{call.CallId} {call.Name}",
        FunctionResultContent result => $"{result.CallId} = {result.Result}",
        _ => c.ToString(),
    }));
}
