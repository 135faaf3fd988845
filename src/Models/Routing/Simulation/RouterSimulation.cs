using System.Globalization;
using Microsoft.Extensions.AI;
using Models.Routing.Classifying;
using Models.Routing.Execution;
using Models.Routing.Spending;

namespace Models.Routing.Simulation;

/// <summary>
/// The router as it is, over models that are not, by a clock that jumps to whatever happens next: a day takes a moment, nobody is asked, and a seed gives
/// the same run everywhere.
/// </summary>
public static class RouterSimulation
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(2);

    /// <summary>Runs it to its end.</summary>
    public static SimulationReport Run(SimulationPlan plan)
    {
        var world = new VirtualWorld();
        var random = new Random(plan.Seed);
        List<RouteRecord> records = [];
        List<double> first = [];
        var refused = 0;
        using var ledger = new BudgetLedger(plan.Budget, world.Time);
        var upstreams = plan.Targets.Select(t => new SimulatedUpstream(t, plan, world.Time, random)).ToList();
        var router = new ModelRouter(ledger, world.Time, () => random.Next(1000) / 1000.0)
        {
            Policy = plan.Policy,
            IsOffline = () => plan.IsOffline,
            Recorded = records.Add,
            Targets = [.. upstreams.Select(u => ToTarget(u, plan, TimeSpan.Zero))],
        };
        world.Run(async () =>
        {
            var asked = new List<Task>();
            for (var number = 0; number < plan.Turns.Count; number++)
            {
                var turn = plan.Turns[number];
                if (turn.At > world.Time.Elapsed) await Task.Delay(turn.At - world.Time.Elapsed, world.Time);
                // Prices are published, and the router hears of them, before they are charged.
                router.Targets = [.. upstreams.Select(u => ToTarget(u, plan, world.Time.Elapsed))];
                asked.Add(AskAsync(turn, number));
            }
            await Task.WhenAll(asked);
        }, plan.Turns.Count == 0 ? Longest : plan.Turns[^1].At + Longest);
        first.Sort();
        var targets = upstreams.Select(u => ToReport(u.Target.Name, u.Spent, records)).ToList();
        return new SimulationReport(records, targets, first, refused, upstreams.Sum(u => u.Leaks), upstreams.Sum(u => u.Spent));

        async Task AskAsync(SimulatedTurn turn, int number)
        {
            var began = world.Time.Elapsed;
            var hasSpoken = false;
            try
            {
                await foreach (var update in new RoutedChatClient(router, null, null).AnswerAsync(ToQuestion(turn, number, router), CancellationToken.None))
                {
                    if (hasSpoken || update.Text.Length == 0) continue;
                    hasSpoken = true;
                    first.Add((world.Time.Elapsed - began).TotalSeconds);
                }
            }
            catch (ModelException)
            {
                refused++;
            }
        }
    }

    private static RoutedTarget ToTarget(SimulatedUpstream client, SimulationPlan plan, TimeSpan at)
    {
        var (target, price) = (client.Target, plan.PriceOf(client.Target, at));
        if (price != 1 && target.Price is { } usual) target = target with { Price = new Price(usual.Input * price, usual.Output * price) };
        return new RoutedTarget(target, _ => Task.FromResult<IChatClient>(client)) { Count = (messages, _, _) => plan.TokensOf(int.Parse(messages[0].Text, CultureInfo.InvariantCulture), target) };
    }

    // The message is the turn's number: what was said is nobody's business here.
    private static Question ToQuestion(SimulatedTurn turn, int number, ModelRouter router)
    {
        var (current, tokens, _) = router.State.Recall(turn.Conversation);
        ChatMessage[] messages = [new(ChatRole.User, number.ToString(CultureInfo.InvariantCulture))];
        var source = new TurnSource { Agent = turn.Turn.Agent, Person = turn.Turn.Person, Channel = turn.Turn.Channel, Conversation = turn.Conversation };
        var found = new Classification(turn.Turn.Data, []) { HasImages = turn.Turn.HasImages, Bytes = (int)Math.Min(int.MaxValue, 4L * turn.Turn.Tokens), Tokens = turn.Turn.Tokens };
        return new Question(messages, new ChatOptions { MaxOutputTokens = turn.Turn.MostAnswer }, source, turn.Turn with { Current = current, BetterThan = null }, found, current is null ? 0 : tokens);
    }

    private static SimulatedTargetReport ToReport(string name, long spent, List<RouteRecord> records)
    {
        var attempts = records.SelectMany(r => r.Attempts).Where(a => a.Target == name).ToList();
        var answers = attempts.Count(a => a.Outcome == "answered");
        return new SimulatedTargetReport(name, attempts.Count, answers, attempts.Count(a => a.Outcome is not ("answered" or "late" or "stopped")), spent);
    }
}
