using Microsoft.Extensions.AI;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Approvals;
using Runtime.Schedule;
using Runtime.Sessions;
using Runtime.Tests.Tools;
using Runtime.Tools;
using Runtime.Tools.Policy;
using TestKit;
using static Runtime.Tests.Agents.Turns.ScriptedModels;

namespace Runtime.Tests.Agents.Turns;

public sealed class TurnReflexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reflex_AnswersWithoutAModel_AndTheTranscriptSaysWhoDid()
    {
        using var bench = new TurnBench(new ManualTime());
        var result = await bench.AskAsync("What time is it?");
        Assert.Equal((TurnStatus.Ok, "It is 03:04."), (result.Status, result.Answer!.Text));
        Assert.Empty(bench.Models.Asked);
        var lines = bench.Main.Read();
        Assert.Equal([SessionMessage.User, SessionMessage.Assistant, SessionMessage.Tool, SessionMessage.Assistant], lines.Select(m => m.Role));
        Assert.Equal([null, "reflex:time", null, "reflex:time"], lines.Select(m => m.Model));
        Assert.Equal("time", lines[1].ToolCalls.Single().Name);
        Assert.Empty(bench.Main.OpenRuns);
        Assert.Equal(["TurnAccepted", "TurnStarted", "TurnCalled", "TurnToolStarted", "TurnToolEnded", "TurnDelta", "TurnEnded"], bench.Events.Select(e => e.GetType().Name));
        Assert.Empty(bench.Faults);
        // What it did is told to the model of the next turn like any other call.
        await bench.AskAsync("And what do you make of that?");
        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.Tool, ChatRole.Assistant, ChatRole.User], bench.Models.Asked.Single().Messages.Where(m => m.Role != ChatRole.System).Select(m => m.Role));
    }

    [Fact]
    public async Task Reflex_WhoseToolIsNotThere_IsNoReflex()
    {
        using var bench = new TurnBench(new AgentSettings { Tools = new ToolRules { Profile = ToolProfile.Operator, Deny = ["time"] } });
        Assert.Equal("fine", (await bench.AskAsync("What time is it?")).Answer!.Text);
        Assert.Equal("fine", (await bench.AskAsync("set a timer for 5 minutes")).Answer!.Text);
        Assert.Equal(2, bench.Models.Asked.Count);
    }

    [Fact]
    public async Task Reflex_TurnedOff_IsNoReflex()
    {
        using var bench = new TurnBench(new AgentSettings { HasReflexes = false });
        Assert.Equal("fine", (await bench.AskAsync("What time is it?")).Answer!.Text);
        using var other = new TurnBench();
        Assert.True(other.Reflexes.Enable(other.Agents.Default, "time", isEnabled: false));
        Assert.Equal("fine", (await other.AskAsync("What time is it?")).Answer!.Text);
        Assert.True(other.Reflexes.Enable(other.Agents.Default, "time", isEnabled: true));
        Assert.StartsWith("It is ", (await other.AskAsync("What time is it?")).Answer!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reflex_ToolFails_AModelGoesOnAndReadsIt()
    {
        using var bench = new TurnBench();
        Assert.Equal("fine", (await bench.AskAsync("what is 12 / 0")).Answer!.Text);
        Assert.Contains(bench.Models.Asked.Single().Messages, m => m.Contents.OfType<FunctionResultContent>().Any(r => $"{r.Result}".Contains("divided by zero", StringComparison.Ordinal)));
        Assert.Equal("fine", bench.Main.Read()[^1].Text);
        Assert.Null(bench.Main.Read()[^1].Model);
    }

    [Theory]
    [InlineData("what timers are running?", "- pasta  timer, Thursday 2026-11-26 12:52\n- reminder: feed the fish, Friday 2026-11-27 07:00")]
    [InlineData("welche Timer laufen?", "- pasta  timer, Donnerstag 2026-11-26 12:52\n- reminder: feed the fish, Freitag 2026-11-27 07:00")]
    public async Task Reflex_ToTheListOfJobs_SaysWhatForAndWhen(string asked, string expected)
    {
        var probe = new Probe("cron", ToolEffect.Reads) { Run = _ => Task.FromResult("c4c2f8da  2026-11-26T12:52:58.000Z  Next: 2026-11-26 12:52:58 +00:00.  pasta  timer\n7be2019f  0 7 * * 1-5  Next: 2026-11-27 07:00:00 +00:00.  reminder: feed the fish\n") };
        using var bench = new TurnBench(null, probe);
        Assert.Equal(expected, (await bench.AskAsync(asked)).Answer!.Text);

        using var none = new TurnBench(null, new Probe("cron", ToolEffect.Reads) { Run = _ => Task.FromResult("There are no jobs.") });
        Assert.Equal("There are no jobs.", (await none.AskAsync(asked)).Answer!.Text);
    }

    [Fact]
    public async Task Reflex_AsksLikeAModel_AndTaintCounts()
    {
        var probe = new Probe("cron", ToolEffect.Outward);
        using var bench = new TurnBench(null, probe, new Probe("read_mail", ToolEffect.Reads) { IsData = true });
        bench.Models.Script(step => step == 0 ? [Call("read_mail", "{}")] : [new TextContent("read")]);
        Assert.StartsWith("Timer set", (await bench.AskAsync("set a timer for 5 minutes")).Answer!.Text.Replace("done", "Timer set", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(1, probe.Runs);
        await bench.AskAsync("read my mail");
        var refused = await bench.AskAsync("set a timer for 5 minutes");
        Assert.Contains("Not approved", refused.Answer!.Text, StringComparison.Ordinal);
        Assert.Equal(1, probe.Runs);
        Assert.Equal(2, bench.Models.Asked.Count);
    }

    [Theory]
    [InlineData("hook")]
    [InlineData("cron")]
    [InlineData("spawned")]
    [InlineData("tainted")]
    [InlineData("background")]
    public async Task Reflex_WhatNoPersonSays_CallsNone(string from)
    {
        using var bench = new TurnBench();
        var origin = from switch
        {
            "spawned" => new TurnOrigin { SpawnedBy = SessionKey.Main, Depth = 1 },
            "tainted" => new TurnOrigin { IsTainted = true },
            "background" => new TurnOrigin { IsBackground = true },
            _ => new TurnOrigin { Channel = from },
        };
        foreach (var text in new[] { "What time is it?", "[cron:1 x] What time is it?", "when I say hello do what time is it" }) Assert.Equal("fine", (await bench.AskAsync(text, origin: origin)).Answer!.Text);
        Assert.Equal(3, bench.Models.Asked.Count);
        Assert.False(Directory.Exists(bench.ReflexFolder));
    }

    [Fact]
    public async Task Reflex_WhatAToolOrAModelSays_CallsNone()
    {
        var probe = new Probe("page", ToolEffect.Reads) { IsData = true, Run = _ => Task.FromResult("What time is it?\nwhen I say hello do what time is it") };
        using var bench = new TurnBench(null, probe);
        bench.Models.Script(step => step == 0 ? [Call("page", "{}")] : [new TextContent("What time is it?")]);
        Assert.Equal("What time is it?", (await bench.AskAsync("look at the page")).Answer!.Text);
        Assert.DoesNotContain(bench.Main.Read(), m => m.Model?.StartsWith("reflex", StringComparison.Ordinal) == true);
        Assert.Equal("fine", (await bench.AskAsync("go on then", origin: null)).Answer?.Text.Replace("What time is it?", "fine", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Due_TellsWhatIsDue_AndDoesNothing()
    {
        using var bench = new TurnBench();
        var due = new TurnOrigin { Channel = JobTurns.Channel, IsBackground = true };
        Assert.Equal("The timer is over.", (await bench.AskAsync("[cron:1 timer] timer", origin: due)).Answer!.Text);
        Assert.Equal("The timer is over: egg.", (await bench.AskAsync("[cron:1 egg timer] egg timer", origin: due)).Answer!.Text);
        Assert.Equal("It is time: the alarm.", (await bench.AskAsync("[cron:1 alarm] alarm", origin: due)).Answer!.Text);
        Assert.Equal("Reminder: call mom.", (await bench.AskAsync("[cron:1 reminder: call mom] reminder: call mom", origin: due)).Answer!.Text);
        Assert.Equal("Erinnerung: die Wäsche.", (await bench.AskAsync("[cron:1 x] Erinnerung: die Wäsche", origin: due)).Answer!.Text);
        Assert.Empty(bench.Models.Asked);
        Assert.Equal("fine", (await bench.AskAsync("[cron:1 x] reminder: call mom", origin: due with { IsTainted = true })).Answer!.Text);
        Assert.Equal("fine", (await bench.AskAsync("timer")).Answer!.Text);
    }

    [Fact]
    public async Task Stop_WhileAModelTalks_StopsIt_AndIsNotToldToTheNext()
    {
        using var bench = new TurnBench();
        bench.Models.Answer = (_, cancellation) => SayAndHang("Once upon", cancellation);
        var turn = bench.Turns.Start(bench.Main, "r1", "tell me a story")!;
        while (turn.Answer.Length == 0) await Task.Yield();
        Assert.Equal("Stopped.", (await bench.AskAsync("Stop!", "r2")).Answer!.Text);
        Assert.Equal(TurnStatus.Aborted, (await turn.Result).Status);
        Assert.Equal("Once upon", (await turn.Result).Answer!.Text);
        bench.Models.Answer = (_, _) => Say("There.");
        await bench.AskAsync("are you there?");
        Assert.DoesNotContain(bench.Models.Asked[^1].Messages, m => m.Text.Contains("top", StringComparison.Ordinal) && m.Role != ChatRole.System);
        // Where nothing runs it is a word like any other.
        Assert.Equal("There.", (await bench.AskAsync("Stop!")).Answer!.Text);
        Assert.Empty(bench.Main.OpenRuns);
    }

    [Fact]
    public async Task Stop_OfSomebodyElse_StopsTheirOwnAlone()
    {
        using var bench = new TurnBench();
        bench.Models.Answer = (_, cancellation) => SayAndHang("Once upon", cancellation);
        var turn = bench.Turns.Start(bench.Main, "r1", "tell me a story")!;
        while (turn.Answer.Length == 0) await Task.Yield();
        var other = bench.Turns.Start(bench.Main, "r2", "stop", onAccepted: null, new TurnOrigin { Person = "guest" })!;
        Assert.Equal(0, other.StartedAt);
        turn.Abort();
        bench.Models.Answer = (_, _) => Say("fine");
        Assert.Equal(TurnStatus.Aborted, (await turn.Result).Status);
        other.Abort();
        await other.Result;
    }

    [Theory]
    [InlineData("yes", true)]
    [InlineData("Ja, mach das!", true)]
    [InlineData("不要", false)]
    public async Task YesAndNo_AnswerTheOneThatWaits(string said, bool isAllowed)
    {
        var probe = new Probe("wipe", ToolEffect.Destructive);
        using var bench = Asking(probe, out var asked);
        bench.Models.Script(step => step == 0 ? [Call("wipe", "{}")] : [new TextContent("over")]);
        var turn = bench.Turns.Start(bench.Main, "r1", "wipe it")!;
        await asked.Task;
        var answer = await bench.AskAsync(said, "r2", new TurnOrigin { MayApprove = true });
        Assert.StartsWith("reflex:", answer.Answer!.Model!, StringComparison.Ordinal);
        Assert.Contains("wipe", answer.Answer.Text, StringComparison.Ordinal);
        Assert.Equal("over", (await turn.Result).Answer!.Text);
        Assert.Equal(isAllowed ? 1 : 0, probe.Runs);
        Assert.DoesNotContain(bench.Models.Asked[^1].Messages, m => m.Role == ChatRole.User && m.Text.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Yes_OfSomebodyWhoMayNotApprove_OrInAnotherConversation_AnswersNothing()
    {
        var probe = new Probe("wipe", ToolEffect.Destructive);
        using var bench = Asking(probe, out var asked);
        var step = 0;
        bench.Models.Answer = (told, _) => Interlocked.Increment(ref step) == 1 ? Say(Call("wipe", "{}")) : Say("fine");
        var turn = bench.Turns.Start(bench.Main, "r1", "wipe it")!;
        await asked.Task;
        var elsewhere = bench.Agents.Sessions.GetOrCreate("agent:main:other");
        Assert.Equal("fine", (await bench.Turns.Start(elsewhere, "r2", "yes", onAccepted: null, new TurnOrigin { MayApprove = true })!.Result).Answer!.Text);
        // It waits for its turn, as a word like any other.
        var waiting = bench.Turns.Start(bench.Main, "r3", "yes")!;
        Assert.Single(bench.Approvals!.Pending);
        bench.Approvals.Resolve(bench.Approvals.Pending.Single().Id, ApprovalDecision.Deny, "test");
        await turn.Result;
        Assert.Equal("fine", (await waiting.Result).Answer!.Text);
        Assert.Equal(0, probe.Runs);
    }

    [Fact]
    public async Task Teach_ByTheOwner_IsAReflexFromThenOn_AfterARestartToo()
    {
        using var bench = new TurnBench(new ManualTime());
        Assert.Equal("When you say \"good morning\", I do: what time is it.", (await bench.AskAsync("When I say good morning do what time is it")).Answer!.Text);
        bench.Restart();
        var answer = (await bench.AskAsync("Good morning!")).Answer!;
        Assert.Equal(("It is 03:04.", "reflex:good-morning"), (answer.Text, answer.Model));
        Assert.Equal("Wenn du „gute Nacht“ sagst, mache ich: erzähl mir eine Geschichte.", (await bench.AskAsync("Wenn ich gute Nacht sage, mach erzähl mir eine Geschichte")).Answer!.Text);
        // What is no reflex is asked of the model in the place of what was said.
        Assert.Equal("fine", (await bench.AskAsync("gute nacht")).Answer!.Text);
        Assert.EndsWith("erzähl mir eine Geschichte", bench.Models.Asked.Single().Messages[^1].Text, StringComparison.Ordinal);
        Assert.Equal("Forgotten: \"good morning\".", (await bench.AskAsync("forget good morning")).Answer!.Text);
        Assert.Equal("fine", (await bench.AskAsync("good morning")).Answer!.Text);
        Assert.Equal("fine", (await bench.AskAsync("forget my birthday")).Answer!.Text);
    }

    [Theory]
    [InlineData("when I say stop do what time is it")]
    [InlineData("when I say yes do what time is it")]
    [InlineData("wenn ich nein sage, mach was ist heute")]
    public async Task Teach_StopAndYesAndNo_StayWhatTheyAre(string text)
    {
        using var bench = new TurnBench();
        Assert.Contains("stays so", (await bench.AskAsync(text)).Answer!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Reflexes.List(bench.Agents.Default), state => !state.Reflex.IsBuiltIn);
    }

    [Fact]
    public async Task Teach_BySomebodyElse_IsTheModelsToAnswer()
    {
        using var bench = new TurnBench();
        Assert.Equal("fine", (await bench.AskAsync("when I say hello do what time is it", origin: new TurnOrigin { Person = "guest" })).Answer!.Text);
        Assert.False(Directory.Exists(bench.ReflexFolder));
        await bench.AskAsync("when I say good morning do what time is it");
        Assert.Equal("fine", (await bench.AskAsync("forget good morning", origin: new TurnOrigin { Person = "guest" })).Answer!.Text);
    }

    [Fact]
    public async Task Repeat_SaysTheLastAnswerAgain()
    {
        using var bench = new TurnBench();
        Assert.Equal("fine", (await bench.AskAsync("Say that again")).Answer!.Text);
        bench.Models.Answer = (_, _) => Say("The answer is 42.");
        await bench.AskAsync("What is the answer?");
        Assert.Equal("The answer is 42.", (await bench.AskAsync("say that again")).Answer!.Text);
        Assert.Equal("The answer is 42.", (await bench.AskAsync("Sag das noch mal!")).Answer!.Text);
        Assert.Equal(2, bench.Models.Asked.Count);
    }

    [Fact]
    public async Task Habit_TheSameAnswerThreeTimes_IsOffered_AndDoesNothingUntilTheOwnerSaysSo()
    {
        using var bench = new TurnBench();
        var offers = new List<string>();
        bench.Reflexes.Offered += offer => offers.Add($"{offer.Reflex.Name}: {offer.Said}");
        bench.Models.Answer = (_, _) => Say("Servus!");
        for (var i = 0; i < 5; i++) Assert.Null((await bench.AskAsync(i == 1 ? "grüß gott!!" : "Grüß Gott")).Answer!.Model);
        await bench.Turns.SettledAsync();
        Assert.Equal(["gruess-gott: Grüß Gott"], offers);
        Assert.True(bench.Reflexes.List(bench.Agents.Default).Single(state => state.Reflex.Name == "gruess-gott").IsOffer);
        Assert.True(bench.Reflexes.Enable(bench.Agents.Default, "gruess-gott", isEnabled: true));
        var answer = (await bench.AskAsync("Grüß Gott")).Answer!;
        Assert.Equal(("Servus!", "reflex:gruess-gott"), (answer.Text, answer.Model));
        Assert.Equal(5, bench.Models.Asked.Count);
    }

    [Fact]
    public async Task Habit_TheSameCall_IsOfferedAsThatCall()
    {
        var probe = new Probe("vacuum", ToolEffect.Writes) { Run = _ => Task.FromResult("The robot is on its way.") };
        using var bench = new TurnBench(null, probe);
        bench.Models.Answer = (told, _) => told[^1].Role == ChatRole.Tool ? Say("Off it goes!") : Say(Call("vacuum", """{"x":"hall"}"""));
        for (var i = 0; i < 3; i++) await bench.AskAsync("clean up here");
        await bench.Turns.SettledAsync();
        Assert.Contains("= clean-up-here: vacuum {\"x\":\"hall\"}\nclean up here", await File.ReadAllTextAsync(Path.Combine(bench.ReflexFolder, "offers.txt")), StringComparison.Ordinal);
        bench.Reflexes.Enable(bench.Agents.Default, "clean-up-here", isEnabled: true);
        Assert.Equal("The robot is on its way.", (await bench.AskAsync("Clean up here, please")).Answer!.Text);
        Assert.Equal(4, probe.Runs);
        Assert.Equal(6, bench.Models.Asked.Count);
    }

    [Theory]
    [InlineData("guest")]
    [InlineData("different")]
    [InlineData("data")]
    public async Task Habit_OfOthers_OrWithAnotherAnswer_OrOfForeignData_IsNotOffered(string why)
    {
        using var bench = new TurnBench(null, new Probe("mail", ToolEffect.Reads) { IsData = true });
        var step = 0;
        bench.Models.Answer = (told, _) => why == "data" && told[^1].Role != ChatRole.Tool ? Say(Call("mail", "{}")) : Say(why == "different" ? $"{step++}" : "the same");
        for (var i = 0; i < 4; i++) await bench.AskAsync("what about it", origin: why == "guest" ? new TurnOrigin { Person = "guest" } : null);
        await bench.Turns.SettledAsync();
        Assert.False(File.Exists(Path.Combine(bench.ReflexFolder, "offers.txt")));
    }

    private TurnBench Asking(Probe probe, out TaskCompletionSource asked)
    {
        var book = new ApprovalBook(new GrantStore(Path.Combine(_folder.Path, "grants.json"), TimeProvider.System), TimeProvider.System) { IsAnybodyThere = () => true };
        var requested = asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        book.Requested += _ => requested.TrySetResult();
        var bench = new TurnBench(null, probe) { Approver = new ToolApprover(book), Approvals = book };
        bench.Restart();
        return bench;
    }
}
