using Microsoft.Extensions.AI;
using Models.Budget;
using Models.Generation;
using Models.Providers;
using Models.Routing;
using Models.Routing.Classifying;
using Models.Routing.Execution;
using Models.Routing.Simulation;
using Models.Routing.Spending;

namespace Models.Tests.Routing.Execution;

public sealed class RoutedChatClientTests
{
    private static readonly Target Box = new("box") { IsLocal = true, Window = 8192, Quality = 0.3 };
    private static readonly Target Cloud = new("cloud") { Window = 128_000, KeepsData = false, Quality = 0.9, Price = new Price(1_000_000, 10_000_000) };

    private readonly VirtualWorld _world = new();
    private readonly List<RouteRecord> _records = [];
    private BudgetLedger? _ledger;

    [Fact]
    public void Ask_TheFirstOneFails_TheNextAnswers()
    {
        var (cloud, box) = (Script([Fault(UpstreamFault.Server)]), Script(["Hello."]));
        Assert.Equal("Hello.", Ask(CloudFirst(cloud, box)).Text);
        Assert.Equal(["cloud Server", "box answered"], _records.Single().Attempts.Select(a => $"{a.Target} {a.Outcome}"));
    }

    [Fact]
    public void Ask_TheMachineIsSpared_ItsModelIsNotAskedOrTakenToBeSlower()
    {
        var power = LocalPower.Whole;
        var (cloud, box) = (Script(["Cloud."]), Script(["Box."], [TimeSpan.FromSeconds(2), "Box."]));
        var router = Router(new() { Profile = RoutingProfile.Private }, () => power, (Cloud, cloud), (Box, box));
        Assert.Equal("Box.", Ask(router).Text);
        power = new LocalPower(0.5, "is at 80 °C", Watts: 6);
        Assert.Equal("Cloud.", Ask(router).Text);
        Assert.Equal("runs on this machine, which is at 80 °C", _records[^1].Decision.Out.Single().Detail);
        // What may be seen by nobody else is not seen by anybody else for that.
        var refused = Assert.Throws<RoutingException>(() => Ask(router, "My card is 4111 1111 1111 1111."));
        Assert.Contains("Let the machine cool or charge", refused.Message);
        power = power with { Spared = null };
        Assert.Equal("Box.", Ask(router).Text);
        var (spared, whole) = (_records[^1].Decision, _records[0].Decision);
        Assert.True(spared.Ranked[0].Seconds > whole.Ranked[0].Seconds);
        Assert.Equal(6 * spared.Ranked[0].Seconds, spared.Ranked[0].Joules, 9);
        Assert.Equal(12, _records[^1].Attempts.Single().Joules!.Value, 6);
    }

    [Fact]
    public void Ask_AnotherProgramsModelOnAMachineThatIsSpared_IsSparedToo()
    {
        var (ollama, cloud) = (Script(["Ollama."]), Script(["Cloud."]));
        var power = LocalPower.Whole;
        var router = Router(new() { Profile = RoutingProfile.Cheap }, () => power, (Cloud with { Name = "ollama", Price = Price.Free, SharesMachine = true }, ollama), (Cloud, cloud));
        Assert.Equal("Ollama.", Ask(router).Text);
        power = new LocalPower(0.5, "is at 80 °C", Watts: 6);
        Assert.Equal("Cloud.", Ask(router).Text);
        Assert.Equal("runs on this machine, which is at 80 °C", _records[^1].Decision.Out.Single().Detail);
    }

    [Fact]
    public void Ask_TheBoxsModelDoesNotFitTheMemory_IsNotTriedAndTheRefusalSaysSo()
    {
        var (cloud, box) = (Script(["Cloud."]), Script(["Box."]));
        ModelRoom? room = new(4096);
        var router = Router(new() { Profile = RoutingProfile.Private }, (Box, box), (Cloud, cloud));
        router.Targets = [router.Targets[0] with { Room = () => room }, router.Targets[1]];
        Assert.Equal(("Box.", 4096), (Ask(router).Text, router.Window));
        room = new ModelRoom(8192, "needs 900 MB of memory, and 400 MB can be used");
        Assert.Equal(("Cloud.", 128_000), (Ask(router).Text, router.Window));
        Assert.Equal((ExclusionReason.Memory, 1), (_records[^1].Decision.Out.Single().Reason, box.Asked.Count));
        Assert.Contains("box needs 900 MB of memory, and 400 MB can be used", Assert.Throws<RoutingException>(() => Ask(router, "My card is 4111 1111 1111 1111.")).Message);
    }

    [Fact]
    public void Ask_ATargetThatCounts_IsAskedOnceAndOnlyWhereItMattersToRead()
    {
        var box = Script(["Box."]);
        List<bool> asked = [];
        var router = Router(new() { Profile = RoutingProfile.Private }, (Box, box), (Cloud, Script(["Cloud."])));
        router.Targets = [router.Targets[0] with { Count = (_, _, matters) => Counted(matters) }, router.Targets[1]];
        Ask(router);
        Assert.Equal([false], asked);
        Assert.Equal(77, _records[^1].Decision.Request.Candidates[0].Tokens);
        Ask(router, new string('a', 6000));
        Assert.Equal([false, true], asked);

        int? Counted(bool matters)
        {
            asked.Add(matters);
            return 77;
        }
    }

    [Fact]
    public void Ask_ItBreaksOffInTheMiddle_TheBoxGoesOnAndNothingIsSaidTwice()
    {
        var (cloud, box) = (Script(["The moon is ", "384,400 km", Fault(UpstreamFault.Cut)]), Script(["is 384,400 km", " away."]));
        var answer = Ask(CloudFirst(cloud, box));
        Assert.Equal(("The moon is 384,400 km away.", "cloud + box"), (answer.Text, answer.ModelId));
        Assert.Single(answer.Messages);
        Assert.Equal("The moon is 384,400 km", box.Asked.Single().Messages[^2].Text);
        Assert.Equal([false, true], _records.Single().Attempts.Select(a => a.Continues));
    }

    [Fact]
    public void Ask_NobodyCanGoOn_SaysThatItBrokeOff()
    {
        var cloud = Script(["Half", Fault(UpstreamFault.Cut)]);
        var router = Router(new() { Profile = RoutingProfile.CloudFirst }, (Cloud, cloud));
        var error = Assert.Throws<RoutingException>(() => Ask(router));
        Assert.StartsWith("The answer broke off, and nobody could go on with it.", error.Message);
        Assert.Equal(error.Message, _records.Single().Refusal);
    }

    [Fact]
    public void Ask_TooOften_ComesBackWhenItWasTold()
    {
        var cloud = Script([new ProviderException(UpstreamFault.RateLimited, "no") { RetryAfter = TimeSpan.FromSeconds(20) }], ["Now."]);
        Assert.Equal("Now.", Ask(Router(new(), (Cloud, cloud))).Text);
        Assert.InRange(_world.Time.Elapsed.TotalSeconds, 20, 25);
        Assert.Equal(2, cloud.Asked.Count);
    }

    [Fact]
    public void Ask_ItSaysNothingForAMinute_IsLeft()
    {
        var (cloud, box) = (Script([TimeSpan.FromHours(1), "late"]), Script(["Hello."]));
        Assert.Equal("Hello.", Ask(CloudFirst(cloud, box)).Text);
        Assert.Equal((1, "Timeout"), (cloud.Stopped, _records.Single().Attempts[0].Outcome));
    }

    [Fact]
    public void Ask_ItFallsSilentInTheMiddle_IsLeftAndTheBoxGoesOn()
    {
        var (cloud, box) = (Script(["Well, ", TimeSpan.FromHours(1), "late"]), Script(["yes."]));
        Assert.Equal("Well, yes.", Ask(CloudFirst(cloud, box)).Text);
    }

    [Fact]
    public void Ask_TooLongForAll_SaysSoThatItCanBeShortened()
    {
        var error = Assert.Throws<GenerationException>(() => Ask(Router(new(), (Cloud, Script([Fault(UpstreamFault.ContextExceeded)])))));
        Assert.True(error.IsContextExceeded);
        Assert.True(Assert.Throws<GenerationException>(() => Ask(Router(new(), (Box with { Window = 100 }, Script(["x"]))), new string('a', 1000))).IsContextExceeded);
    }

    [Fact]
    public void Ask_NothingToSay_OthersAreAskedOnce()
    {
        var (cloud, box) = (Script(["Yes."]), Script([new TextContent("")]));
        Assert.Equal("Yes.", Ask(Router(new(), (Box, box), (Cloud, cloud))).Text);
        // Nobody else: it is an answer of its own.
        Assert.Equal("", Ask(Router(new(), (Box, Script(Array.Empty<object>())))).Text);
    }

    [Fact]
    public void Ask_TheBoxIsUnsure_ABetterOneAnswersAndNothingOfTheFirstIsSaid()
    {
        var (cloud, box) = (Script(["cloud"]), Script([new AnswerCertainty(-3, 5), "I ", new AnswerCertainty(-3, 16), "guess", " so"]));
        Assert.Equal(("cloud", "cloud"), (Ask(Router(new() { Profile = RoutingProfile.Private }, (Box, box), (Cloud, cloud))) is var answer ? answer.Text : "", answer.ModelId));
        Assert.Equal(["box unsure", "cloud answered"], _records.Single().Attempts.Select(a => $"{a.Target} {a.Outcome}"));

        // A short one is judged at its end; of two or three tokens nothing can be told.
        foreach (var (tokens, expected) in ((int, string)[])[(9, "cloud"), (3, "Hm.")])
            Assert.Equal(expected, Ask(Router(new() { Profile = RoutingProfile.Private }, (Box, Script([new AnswerCertainty(-3, tokens), "Hm."])), (Cloud, Script(["cloud"])))).Text);
    }

    [Theory]
    [InlineData(-1.5, RoutingProfile.Private, "How far is the moon?", true)]
    [InlineData(-3, RoutingProfile.Fast, "How far is the moon?", false)]
    [InlineData(-3, RoutingProfile.LocalOnly, "How far is the moon?", false)]
    [InlineData(-3, RoutingProfile.Private, "my password is hunter22x", false)]
    public void Ask_TheBoxIsSureEnough_OrNobodyElseMay_ItsAnswerStands(double certainty, RoutingProfile profile, string question, bool isMeasured)
    {
        var (cloud, box) = (Script(["cloud"]), Script([new AnswerCertainty(certainty, 20), "I guess", " so"]));
        var dear = Cloud with { Price = new Price(0, 3_000_000_000) };
        Assert.Equal("I guess so", Ask(Router(new() { Profile = profile }, (Box, box), (profile == RoutingProfile.Fast ? dear : Cloud, cloud)), question).Text);
        Assert.Empty(cloud.Asked);
        Assert.Equal(isMeasured, box.Asked.Single().Options!.AdditionalProperties!.ContainsKey(ChatOptionKeys.Certainty));
    }

    [Fact]
    public void Ask_ACallThatIsNone_OthersAreAskedAndItIsShownWhereThereAreNone()
    {
        var call = new TextContent("{broken") { AdditionalProperties = new() { [ChatOptionKeys.MalformedCall] = true } };
        var (cloud, box) = (Script(["Let me see. ", call, Usage(10, 5)]), Script(["Here you are."]));
        Assert.Equal("Let me see. Here you are.", Ask(CloudFirst(cloud, box)).Text);
        Assert.Equal(["cloud malformed False", "box answered True"], _records[^1].Attempts.Select(a => $"{a.Target} {a.Outcome} {a.Continues}"));
        Assert.Equal(60, _ledger!.Spent().Hour);

        Assert.Equal("{broken", Ask(Router(new(), (Box, Script([call])), (Cloud with { KeepsData = true }, Script(["cloud"])))).Text);
        Assert.StartsWith("Local limit reached, cloud not allowed: no model that may answer this is better than box: ", _records[^1].Limit);
    }

    [Fact]
    public void Ask_WhoeverAnswersGetsNoFurther_ABetterOneGoesOnWhereItMay()
    {
        var (cloud, box) = (Script(["cloud"]), Script(["box"]));
        var router = Router(new(), (Box, box), (Cloud, cloud));
        Ask(router, conversation: "c");
        Assert.Equal("cloud", Ask(router, conversation: "c", deadEnd: "its tools failed 3 times").Text);
        Assert.Equal(("its tools failed 3 times", null), (_records[^1].Escalation, _records[^1].Limit));

        Ask(router, "my password is hunter22x", conversation: "d");
        Assert.Equal("box", Ask(router, conversation: "d", deadEnd: "its tools failed 3 times").Text);
        Assert.Equal("its tools failed 3 times", _records[^1].Escalation);
        Assert.StartsWith("Local limit reached, cloud not allowed: no model that may answer this is better than box (it holds secret data): ", _records[^1].Limit);

        // Where a person asks for more, that is the answer.
        var error = Assert.Throws<RoutingException>(() => Ask(router, "try harder", conversation: "d", harder: true));
        Assert.StartsWith("Local limit reached, cloud not allowed", error.Message);
        Assert.Equal(ExclusionReason.Data, Assert.Single(_records[^1].Decision.Out, o => o.Target == "cloud").Reason);
    }

    [Fact]
    public void Ask_WhatItTakes_IsSettledByWhatItSays()
    {
        var cloud = Script(["Hi", Usage(1000, 100)]);
        Ask(Router(new(), (Cloud, cloud)), budget: 1_000_000);
        Assert.Equal((2000, 0), (_ledger!.Spent().Hour, _ledger.Spent().Held));
        Assert.Equal(2000, _records.Single().Attempts.Single().Cost);
        // It was told the most that was promised.
        Assert.Equal(4096, cloud.Asked.Single().Options!.MaxOutputTokens);
    }

    [Fact]
    public void Ask_NobodySaysWhatItTook_TheWorstCaseIsPaid()
    {
        Ask(Router(new(), (Cloud, Script(["Hi"]))), budget: 1_000_000);
        var most = _records.Single().Decision.Ranked.Single().MostCost;
        Assert.Equal((most, 0), (_ledger!.Spent().Hour, _ledger.Spent().Held));
    }

    [Fact]
    public void Ask_NoMoney_IsRefusedAndSaysWhy()
    {
        var cloud = Script(["Hi"]);
        var error = Assert.Throws<RoutingException>(() => Ask(Router(new(), (Cloud, cloud)), budget: 100));
        Assert.Contains("are left", error.Message);
        Assert.Empty(cloud.Asked);
    }

    [Fact]
    public void Ask_AConversationThatHeldASecret_StaysHere()
    {
        var (cloud, box) = (Script(["cloud"]), Script(["box"]));
        var router = CloudFirst(cloud, box);
        Assert.Equal("cloud", Ask(router, conversation: "c").Text);
        Assert.Equal("box", Ask(router, "my password is hunter22x", conversation: "c").Text);
        Assert.Equal("box", Ask(router, "How far is the moon?", conversation: "c").Text);
        Assert.Equal("cloud", Ask(router, "How far is the moon?", conversation: "other").Text);
    }

    [Fact]
    public void Ask_ForMore_OnlyBetterOnesAreAsked()
    {
        var (cloud, box) = (Script(["cloud"]), Script(["box"]));
        var router = Router(new(), (Box, box), (Cloud, cloud));
        Assert.Equal("box", Ask(router, conversation: "c").Text);
        Assert.Equal("cloud", Ask(router, "try harder", conversation: "c", harder: true).Text);
        var error = Assert.Throws<RoutingException>(() => Ask(router, "my password is hunter22x", conversation: "d", harder: false, asked: "cloud"));
        Assert.Contains("cloud may not see secret data", error.Message);
    }

    [Fact]
    public void Ask_OneIsSlow_AnotherIsAskedBesideItSeldomAndPaid()
    {
        var calls = 0;
        object[][] slowAtTheEnd = [.. Enumerable.Range(0, 25).Select(i => (object[])(i < 22 ? ["fast", Usage(10, 1)] : [TimeSpan.FromSeconds(30), "slow", Usage(10, 1)]))];
        var (slow, other) = (Script(slowAtTheEnd), Script(["other", Usage(10, 1)]));
        var router = Router(new() { Profile = RoutingProfile.Best }, (Cloud with { Name = "slow", Quality = 1 }, slow), (Cloud with { Name = "other" }, other));
        for (; calls < 22; calls++) Assert.Equal("fast", Ask(router).Text);
        var before = _ledger!.Spent().Hour;
        Assert.Equal("other", Ask(router).Text);
        Assert.Equal((1, 1), (other.Asked.Count, slow.Stopped));
        Assert.Equal(["slow late False", "other answered True"], _records[^1].Attempts.Select(a => $"{a.Target} {a.Outcome} {a.IsHedge}"));
        Assert.Equal(_records[^1].Attempts.Sum(a => a.Cost), _ledger.Spent().Hour - before);
        // One in twenty: this time the slow one is waited for.
        Assert.Equal("slow", Ask(router).Text);
    }

    [Fact]
    public void Ask_NobodyWantsTheAnswerAnyMore_EndsEverything()
    {
        var cloud = Script(["Well", TimeSpan.FromSeconds(20), "yes"]);
        var router = Router(new(), (Cloud, cloud));
        Assert.ThrowsAny<OperationCanceledException>(() => Ask(router, stopAfter: TimeSpan.FromSeconds(5)));
        Assert.Equal((1, 0L, "stopped"), (cloud.Stopped, _ledger!.Spent().Held, _records.Single().Attempts.Single().Outcome));
    }

    [Fact]
    public void Explain_AQuestion_AsksNobody()
    {
        var (cloud, box) = (Script(["cloud"]), Script(["box"]));
        var (decision, why) = CloudFirst(cloud, box).Explain([new(ChatRole.User, "mail jo@home.example.org")], null, new TurnSource());
        Assert.Equal(("box", "an e-mail address is in it"), (decision.Ranked.Single().Name, why.Single()));
        Assert.Empty(cloud.Asked.Concat(box.Asked));
    }

    [Theory]
    [InlineData("The moon is far", " away.", "The moon is far away.")]
    [InlineData("The moon is far", "moon is far away.", "The moon is far away.")]
    [InlineData("The moon is far", "The moon is far away.", "The moon is far away.")]
    [InlineData("The moon is far", "ther than you think.", "The moon is farther than you think.")]
    [InlineData("It is 1", "1 o'clock.", "It is 11 o'clock.")]
    [InlineData("no no no ", "no no no yes", "no no no yes")]
    public void Continuation_ARepetitionOrNone_IsSaidOnce(string said, string more, string expected)
    {
        for (var piece = 1; piece <= more.Length; piece++)
        {
            var continuation = new Continuation(said);
            var text = said + string.Concat(more.Chunk(piece).Select(chunk => continuation.Take(new string(chunk))));
            Assert.Equal(expected, text + continuation.End());
        }
    }

    private ModelRouter CloudFirst(ScriptedTarget cloud, ScriptedTarget box) => Router(new() { Profile = RoutingProfile.CloudFirst }, (Cloud, cloud), (Box, box));

    private ModelRouter Router(RoutingPolicy policy, params (Target Target, ScriptedTarget Client)[] targets) => Router(policy, () => LocalPower.Whole, targets);

    private ModelRouter Router(RoutingPolicy policy, Func<LocalPower> power, params (Target Target, ScriptedTarget Client)[] targets)
    {
        _ledger = new BudgetLedger(new BudgetRules(), _world.Time);
        return new ModelRouter(_ledger, _world.Time, () => 0.5)
        {
            Policy = policy,
            Power = power,
            Recorded = _records.Add,
            Targets = [.. targets.Select(t => new RoutedTarget(t.Target, _ => Task.FromResult<IChatClient>(t.Client)))],
        };
    }

    private ChatResponse Ask(ModelRouter router, string question = "How far is the moon?", string? conversation = null, bool harder = false, string? asked = null, string? deadEnd = null, long? budget = null, TimeSpan? stopAfter = null)
    {
        if (budget is not null) router.Ledger.Rules = new BudgetRules { Everyone = new SpendingLimits(Hour: budget) };
        var options = new ChatOptions { AdditionalProperties = new() { [ChatOptionKeys.Source] = new TurnSource { Conversation = conversation, TryHarder = harder, DeadEnd = deadEnd } } };
        ChatResponse? answer = null;
        _world.Run(async () =>
        {
            using var stop = new CancellationTokenSource();
            using var timer = stopAfter is { } wait ? _world.Time.CreateTimer(_ => stop.Cancel(), null, wait, Timeout.InfiniteTimeSpan) : null;
            answer = await router.CreateClient(asked).GetResponseAsync([new ChatMessage(ChatRole.User, question)], options, stop.Token);
        }, TimeSpan.FromHours(1));
        return answer!;
    }

    private ScriptedTarget Script(params object[][] calls) => new(_world.Time, calls);

    private static ProviderException Fault(UpstreamFault fault) => new(fault, $"it has a fault: {fault}.");

    private static UsageContent Usage(int input, int output) => new(new UsageDetails { InputTokenCount = input, OutputTokenCount = output });
}
