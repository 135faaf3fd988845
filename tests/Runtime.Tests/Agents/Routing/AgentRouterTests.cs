using Runtime.Agents;
using Runtime.Agents.Routing;

namespace Runtime.Tests.Agents.Routing;

/// <summary>Who gets what comes in, and whether that one answers.</summary>
public sealed class AgentRouterTests
{
    private static readonly AgentSettings[] Agents = [new(), new() { Id = "ops", Activation = Activation.Scheduled }, new() { Id = "family", Activation = Activation.Mention }];

    [Fact]
    public void Route_WithoutABinding_GoesToTheFirstAgent() => Assert.Equal(("main", true), Router().Route(new Arrival { Channel = "telegram", IsGroup = true }));

    [Fact]
    public void Route_OfSeveralThatFit_TakesTheNarrowestAndThenTheFirst()
    {
        var router = Router(
            new("main") { Channel = "telegram" }, new("family") { Channel = "telegram", Person = "mia" }, new("ops") { Channel = "telegram", Peer = "group:7" },
            new("ops") { Channel = "tele*" }, new("main") { Hook = "git*" }, new("ops") { Hook = "github" }, new("family") { Hook = "github" });
        Assert.Equal("main", router.Route(new Arrival { Channel = "telegram" }).Agent);
        Assert.Equal("family", router.Route(new Arrival { Channel = "telegram", Person = "mia" }).Agent);
        Assert.Equal("ops", router.Route(new Arrival { Channel = "telegram", Person = "mia", Peer = "group:7" }).Agent);
        Assert.Equal("ops", router.Route(new Arrival { Channel = "teletext" }).Agent);
        Assert.Equal("ops", router.Route(new Arrival { Channel = "hook", Hook = "github" }).Agent);
        Assert.Equal("main", router.Route(new Arrival { Channel = "hook", Hook = "gitlab" }).Agent);
    }

    [Fact]
    public void Route_ToAnAgentThatIsGone_IsAsIfItWereNotThere() => Assert.Equal("main", Router(new AgentBinding("gone") { Channel = "x" }).Route(new Arrival { Channel = "x" }).Agent);

    [Theory]
    //            group, mentioned, scheduled      always, mention, direct, scheduled
    [InlineData(false, false, false, true, true, true, false)]
    [InlineData(true, false, false, true, false, false, false)]
    [InlineData(true, true, false, true, true, false, false)]
    [InlineData(false, false, true, true, true, true, true)]
    [InlineData(true, false, true, true, true, true, true)]
    public void Answers_ByActivation(bool isGroup, bool isMentioned, bool isScheduled, params bool[] expected)
    {
        var arrival = new Arrival { IsGroup = isGroup, IsMentioned = isMentioned, IsScheduled = isScheduled };
        Assert.Equal(expected, new[] { Activation.Always, Activation.Mention, Activation.Direct, Activation.Scheduled }.Select(a => AgentRouter.Answers(a, arrival)));
    }

    [Fact]
    public void Route_ActivationOfTheBinding_CountsBeforeTheAgents()
    {
        var arrival = new Arrival { Channel = "telegram", IsGroup = true };
        Assert.Equal(("family", false), Router(new AgentBinding("family") { Channel = "telegram" }).Route(arrival));
        Assert.Equal(("family", true), Router(new AgentBinding("family") { Channel = "telegram", Activation = Activation.Always }).Route(arrival));
    }

    private static AgentRouter Router(params AgentBinding[] bindings) => new(bindings, Agents);
}
