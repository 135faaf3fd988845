using Models.Routing;
using Models.Routing.Simulation;
using Models.Routing.Spending;

namespace Models.Tests.Routing.Simulation;

public sealed class RouterSimulationTests
{
    private static readonly Target Box = new("box") { IsLocal = true, Window = 8192, Quality = 0.3 };
    private static readonly Target Cloud = new("cloud") { Window = 128_000, KeepsData = false, Quality = 0.9, Price = new Price(1_000_000, 10_000_000) };
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(90) / 4;

    [Fact]
    public void Run_NothingHappens_PublicQuestionsGoElsewhereAndOthersStay()
    {
        var report = Run([Box, Cloud], []);
        var (box, cloud) = (report.Targets[0], report.Targets[1]);
        Assert.Equal((200, 0, 0, 0), (report.Records.Count, report.Refused, report.Leaks, report.Continued));
        Assert.Equal(200, box.Answers + cloud.Answers);
        Assert.Equal(report.Records.Count(r => r.Decision.Request.Turn.Data == DataClass.Public), cloud.Answers);
        Assert.Equal(report.Spent, cloud.Spent);
        Assert.True(cloud.Answers > 50 && box.Answers > 50 && report.Spent > 0 && report.FirstWord(0.5) > 0 && report.FirstWord(0.95) >= report.FirstWord(0.5));
    }

    [Fact]
    public void Run_TheSameSeed_IsTheSameRun() =>
        Assert.Equal(Words(Run([Box, Cloud], [Trouble(Weather.Cutting)])), Words(Run([Box, Cloud], [Trouble(Weather.Cutting)])));

    [Theory]
    [InlineData(Weather.Away)]
    [InlineData(Weather.Captive)]
    [InlineData(Weather.Storm)]
    [InlineData(Weather.Broken)]
    [InlineData(Weather.Denying)]
    [InlineData(Weather.Loris)]
    [InlineData(Weather.Cutting)]
    public void Run_TheCloudIsInTrouble_TheBoxAnswersAndNothingLeaks(Weather weather)
    {
        var (calm, report) = (Run([Box, Cloud], []), Run([Box, Cloud], [Trouble(weather)]));
        Assert.Equal((0, 0), (report.Refused, report.Leaks));
        Assert.True(report.Targets[0].Answers > calm.Targets[0].Answers && report.Targets[1].Failures > 0);
        if (weather == Weather.Cutting) Assert.True(report.Continued > 0);
        // Nobody is there who could.
        Assert.True(Run([Cloud], [Trouble(Weather.Away)]).Refused > Run([Cloud], []).Refused);
    }

    [Fact]
    public void Run_PricesRise_TheBudgetHolds()
    {
        var limits = new BudgetRules { Everyone = new SpendingLimits(Day: 100_000) };
        var dear = new Spell("*", Quarter, 3 * Quarter, Weather.Fine) { Price = 10 };
        var (free, bound) = (Run([Box, Cloud], [dear]), Run([Box, Cloud], [dear], limits));
        Assert.True(free.Spent > 100_000);
        Assert.InRange(bound.Spent, 1, 100_000);
        Assert.Equal(0, bound.Refused);
    }

    private static Spell Trouble(Weather weather) => new("cloud", Quarter, 3 * Quarter, weather);

    private static SimulationReport Run(IReadOnlyList<Target> targets, IReadOnlyList<Spell> spells, BudgetRules? budget = null) =>
        RouterSimulation.Run(new SimulationPlan(targets, new RoutingPolicy { Profile = RoutingProfile.CloudFirst }, budget ?? new BudgetRules(), SimulatedTurn.Workload(200, 1), spells));

    private static IEnumerable<string> Words(SimulationReport report) => report.Records.Select(r => $"{r.Conversation} {string.Join(", ", r.Attempts)}");
}
