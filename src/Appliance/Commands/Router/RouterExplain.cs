using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Appliance.Config;
using Appliance.Config.Sections;
using Appliance.Hosting;
using Microsoft.Extensions.AI;
using Models;
using Models.Budget;
using Models.Routing;
using Models.Routing.Classifying;
using Models.Routing.Execution;
using Models.Routing.Spending;
using Models.Store;

namespace Appliance.Commands.Router;

/// <summary><c>appliance router explain</c>: a decision that was made, or that would be, with its reasons and what came of it. Asks no model and sends nothing.</summary>
internal static class RouterExplain
{
    /// <summary>The command, working on a home folder.</summary>
    public static Command Create(Func<string> home)
    {
        var turn = new Argument<string?>("turn")
        {
            HelpName = "TURN",
            Description = "A decision by its id (`appliance router log` lists them) or a turn by its run's, or a text that would be asked; the last decision by default.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var agent = new Option<string?>("--agent") { Description = "The agent that would ask.", HelpName = "ID" };
        var channel = new Option<string?>("--channel") { Description = "Where it would come from.", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "Print one object; of a turn of several steps a list of them." };
        var command = new Command("explain", "Say who answered a question, or would: why, why nobody else, and how it went against what was expected.") { turn, agent, channel, json };
        command.SetAction(parsed =>
        {
            var records = Find(home(), parsed.GetValue(turn), new TurnSource { Agent = parsed.GetValue(agent), Channel = parsed.GetValue(channel) });
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(records is [var one] ? ToJson(one) : JsonElement.Parse($"[{string.Join(',', records.Select(record => ToJson(record).GetRawText()))}]"));
                return ExitCode.Ok;
            }
            for (var i = 0; i < records.Count; i++)
            {
                if (i > 0) terminal.WriteLine();
                Show(terminal, records[i]);
            }
            return ExitCode.Ok;
        });
        return command;
    }

    private static JsonElement ToJson(RouteRecord record) => JsonSerializer.SerializeToElement(record, RoutingJson.Default.RouteRecord);

    private static IReadOnlyList<RouteRecord> Find(string home, string? turn, TurnSource source)
    {
        if (turn is null) return [RouteLog.ReadAll(home).LastOrDefault() ?? throw new ModelException("No decision was written down yet.")];
        if (!RouteLog.IsName(turn)) return [Ask(home, turn, source)];
        return RouteLog.Find(RouteLog.ReadAll(home), turn) is { Count: > 0 } found ? found
            : throw new ModelException($"There is no decision of the id {turn}, and no turn: the oldest are let go. `appliance router log` lists those there are.");
    }

    private static RouteRecord Ask(string home, string question, TurnSource source)
    {
        using var config = ConfigStore.Open(home);
        var store = new ModelStore(home) { DefaultName = config.Config.Models.Default };
        List<RoutedTarget> targets = [.. config.Config.Models.Targets.Select(target => new RoutedTarget(target.Value.ToTarget(target.Key), NotAsked))];
        if (ConfiguredRouter.LocalModel(store) is { } local) targets.Insert(0, new RoutedTarget(ConfiguredRouter.ToTarget(local.Manifest), NotAsked) { Room = () => RoomFor(local) });
        // What was spent belongs to the gateway that runs: the limits alone are looked at.
        using var ledger = new BudgetLedger(BudgetConfig.Rules(config.Config.Router.Budget), TimeProvider.System);
        var policy = Outbound.Of(config);
        var router = new ModelRouter(ledger, TimeProvider.System)
        {
            IsOffline = () => policy.Offline,
            Policy = config.Config.Router.ToPolicy(),
            Classifier = new TurnClassifier(config.Config.Router.ToClasses()),
            Targets = targets,
        };
        var (decision, why) = router.Explain([new ChatMessage(ChatRole.User, question)], null, source);
        return new RouteRecord(TimeProvider.System.GetUtcNow(), decision, why, []) { Refusal = decision.IsRefused ? decision.Refusal() : null };
    }

    private static Task<IChatClient> NotAsked(CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>What this machine's memory leaves a model as it is now, were no other loaded; null where its files do not say.</summary>
    internal static ModelRoom? RoomFor(InstalledModel model)
    {
        try { return ModelRoom.For(model.Manifest.Name, ModelFootprint.Of(model), MachineMemory.Here.Read(), new MemoryWishes()); }
        catch (ModelException) { return null; }
    }

    private static void Show(Terminal terminal, RouteRecord record)
    {
        var (decision, turn) = (record.Decision, record.Decision.Request.Turn);
        if (record.Id is { } id)
            terminal.WriteLine($"{id}, {When.At(record.At.ToUnixTimeMilliseconds())}{(record.Conversation is { } conversation ? $", {conversation}" : "")}{(record.Run is { } run ? $", turn {run}" : "")}");
        terminal.WriteLine($"It holds {RoutingWords.Of(turn.Data, "and")} data{(record.Why.Count == 0 ? "" : $": {string.Join("; ", record.Why)}")}.");
        terminal.WriteLine($"Rule: {decision.Rule ?? "none"}. Profile: {RoutingWords.Of(decision.Profile)}.");
        terminal.WriteTable(["TARGET", "FIRST TOKEN", "WHOLE", "COST", "WHY NOT"],
        [
            .. decision.Ranked.Select(r => (string[])[r.Name, Seconds(r.FirstToken), Seconds(r.Seconds), r.MostCost == 0 ? "free" : $"{RoutingWords.Dollars(r.Cost)}, at most {RoutingWords.Dollars(r.MostCost)}", ""]),
            .. decision.Out.Select(o => (string[])[o.Target, "", "", "", o.Detail]),
        ]);
        if (record.Attempts.Count > 0)
        {
            terminal.WriteLine();
            terminal.WriteTable(["CALL", "BECAME", "FIRST TOKEN", "WHOLE", "PROMPT", "ANSWER", "COST", "BYTES OUT", "TO"], [.. record.Attempts.Select(attempt => Row(attempt, decision))]);
        }
        if (record.Escalation is { } escalation) terminal.WriteLine($"A better one was looked for: {escalation}.");
        if (record.Limit is { } limit) terminal.WriteLine(limit);
        if (record.Refusal is { } refusal) terminal.WriteLine(refusal);
    }

    // What was expected, and what came.
    private static string[] Row(AttemptRecord attempt, RoutingDecision decision)
    {
        var expected = decision.Ranked.FirstOrDefault(r => r.Name == attempt.Target);
        var tokens = decision.Request.Candidates.FirstOrDefault(c => c.Target.Name == attempt.Target)?.Tokens;
        return
        [
            attempt.Target, $"{attempt.Outcome}{(attempt.Continues ? ", going on" : "")}{(attempt.IsHedge ? ", beside another" : "")}",
            Both(expected?.FirstToken, attempt.FirstToken, Seconds), Both(expected?.Seconds, attempt.Seconds, Seconds),
            Both(tokens, attempt.PromptTokens, Number), Both(expected is null ? null : decision.Request.Turn.LikelyAnswer, attempt.AnswerTokens, Number),
            Both(expected?.Cost, attempt.Cost, RoutingWords.Dollars), attempt.To is null ? "" : Number(attempt.BytesOut), attempt.To ?? "",
        ];
    }

    private static string Both<T>(T? expected, T? actual, Func<T, string> words) where T : struct => (expected, actual) switch
    {
        ({ } before, { } after) => $"{words(before)}, was {words(after)}",
        (null, { } after) => words(after),
        ({ } before, null) => words(before),
        _ => "",
    };

    private static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
