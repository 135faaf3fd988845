using Microsoft.Extensions.AI;
using Models.Routing;
using Models.Routing.Execution;
using Models.Routing.Spending;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Routing.Execution;

public sealed class RouterMemoryTests(ITestOutputHelper output)
{
    // All that was allocated on the way is counted: more than stays of it, and nothing of what other tests do meanwhile.
    [Fact]
    public void FiftyTargets_TwoHundredRules_AThousandConversations_TakeLessThanAMegabyte()
    {
        var (random, time) = (new RandomRouting(7), new ManualTime());
        var names = Enumerable.Range(0, 1000).Select(i => $"agent:main:conversation-{i}").ToArray();
        using var ledger = new BudgetLedger(new BudgetRules(), time);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var router = new ModelRouter(ledger, time, () => 0.5)
        {
            Policy = new RoutingPolicy { Rules = [.. Enumerable.Range(0, 200).Select(random.Rule)] },
            Targets = [.. Enumerable.Range(0, 50).Select(i => new RoutedTarget(random.Candidate(i).Target, _ => Task.FromResult<IChatClient>(null!)))],
        };
        foreach (var target in router.Targets)
        {
            var health = router.State.Health(target.Target);
            for (var i = 0; i < 64; i++)
                if (health.TryEnter() is { } ticket) health.Succeeded(ticket, 100, TimeSpan.FromSeconds(1), 100, TimeSpan.FromSeconds(1));
        }
        for (var i = 0; i < 20; i++) ledger.TryReserve(1, $"agent{i}", $"person{i}", out _)!.Settle(1);
        foreach (var name in names) router.State.Remember(name, "t1", 1000, DataClass.Personal);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(router);
        output.WriteLine($"figure: the router with 50 targets, 200 rules, 1,000 conversations, 20 people and agents: {bytes / 1024.0:0} KiB at most");
        Assert.InRange(bytes, 1, 1024 * 1024);
    }
}
