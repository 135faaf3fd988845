using System.CommandLine;
using System.Text.Json;
using Appliance.Config;
using Appliance.Config.Sections;
using Appliance.Hosting;
using Microsoft.Extensions.AI;
using Models;
using Models.Routing;
using Models.Routing.Classifying;
using Models.Routing.Execution;
using Models.Routing.Spending;
using Models.Store;

namespace Appliance.Commands.Router;

/// <summary><c>appliance router</c>: who answers, why, and what another policy would have done. Asks no model and sends nothing.</summary>
internal static class RouterCommand
{
    /// <summary>The command, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home) => new("router", "Look at who answers where models elsewhere are named under models.targets.") { Explain(home), Replay(home), RouterSimulate.Create(home) };

    private static Command Explain(Func<string> home)
    {
        var text = new Argument<string?>("text") { HelpName = "TEXT", Description = "What would be asked; without it the last question that was answered.", Arity = ArgumentArity.ZeroOrOne };
        var agent = new Option<string?>("--agent") { Description = "The agent that would ask.", HelpName = "ID" };
        var channel = new Option<string?>("--channel") { Description = "Where it would come from.", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "Print one object." };
        var command = new Command("explain", "Say who would answer a question, why, and why nobody else.") { text, agent, channel, json };
        command.SetAction(parsed =>
        {
            var record = parsed.GetValue(text) is { } question
                ? Ask(home(), question, new TurnSource { Agent = parsed.GetValue(agent), Channel = parsed.GetValue(channel) })
                : RouteLog.Read(RouteLog.PathIn(home())).LastOrDefault() ?? throw new ModelException("No decision was written down yet.");
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(json)) terminal.WriteJson(JsonSerializer.SerializeToElement(record, RoutingJson.Default.RouteRecord));
            else Show(terminal, record);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Replay(Func<string> home)
    {
        var log = new Argument<string?>("log") { HelpName = "LOG", Description = "The decisions; those of this box by default.", Arity = ArgumentArity.ZeroOrOne };
        var policy = new Option<string?>("--policy") { Description = "An appliance.json whose section router is tried; the one in force by default.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print one object." };
        var command = new Command("replay", "Decide again what was decided, by another policy, and compare: who answers, what it costs, what leaves the box.") { log, policy, json };
        command.SetAction(parsed =>
        {
            var tried = ConfigOf(home(), parsed.GetValue(policy)).Router.ToPolicy();
            var replay = RouterReplay.Of(RouteLog.Read(parsed.GetValue(log) ?? RouteLog.PathIn(home())), tried);
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(json)) terminal.WriteJson(JsonElement.Parse(replay.ToJson().ToJsonString()));
            else terminal.WriteTable(["", "THEN", "NOW"], replay.Rows());
            return ExitCode.Ok;
        });
        return command;
    }

    private static RouteRecord Ask(string home, string question, TurnSource source)
    {
        using var config = ConfigStore.Open(home);
        var store = new ModelStore(home) { DefaultName = config.Config.Models.Default };
        var targets = config.Config.Models.Targets.Select(target => target.Value.ToTarget(target.Key)).ToList();
        if (ConfiguredRouter.LocalModel(store) is { } local) targets.Insert(0, ConfiguredRouter.ToTarget(local.Manifest));
        // What was spent belongs to the gateway that runs: the limits alone are looked at.
        using var ledger = new BudgetLedger(BudgetConfig.Rules(config.Config.Router.Budget), TimeProvider.System);
        var policy = Outbound.Of(config);
        var router = new ModelRouter(ledger, TimeProvider.System)
        {
            IsOffline = () => policy.Offline,
            Policy = config.Config.Router.ToPolicy(),
            Classifier = new TurnClassifier(config.Config.Router.ToClasses()),
            Targets = [.. targets.Select(target => new RoutedTarget(target, _ => throw new NotSupportedException()))],
        };
        var (decision, why) = router.Explain([new ChatMessage(ChatRole.User, question)], null, source);
        return new RouteRecord(TimeProvider.System.GetUtcNow(), decision, why, []) { Refusal = decision.IsRefused ? decision.Refusal() : null };
    }

    /// <summary>The configuration of a home, or of a file that is tried.</summary>
    internal static ApplianceConfig ConfigOf(string home, string? file)
    {
        if (file is null)
        {
            using var config = ConfigStore.Open(home);
            return config.Config;
        }
        byte[] text;
        try { text = File.ReadAllBytes(file); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw new ModelException($"{file} cannot be read: {e.Message}", e); }
        var state = ConfigState.Read(text, []);
        return state.IsValid ? state.Config : throw new ModelException(string.Join("\n", state.Issues.Where(issue => !issue.IsWarning)));
    }

    private static void Show(Terminal terminal, RouteRecord record)
    {
        var decision = record.Decision;
        var data = decision.Request.Turn.Data;
        terminal.WriteLine($"It holds {RoutingWords.Of(data, "and")} data{(record.Why.Count == 0 ? "" : $": {string.Join("; ", record.Why)}")}.");
        terminal.WriteLine($"Rule: {decision.Rule ?? "none"}. Profile: {RoutingWords.Of(decision.Profile)}.");
        terminal.WriteTable(["TARGET", "FIRST TOKEN", "COST", "WHY NOT"],
        [
            .. decision.Ranked.Select(r => (string[])[r.Name, $"{r.FirstToken:0.0} s", r.MostCost == 0 ? "free" : $"{RoutingWords.Dollars(r.Cost)}, at most {RoutingWords.Dollars(r.MostCost)}", ""]),
            .. decision.Out.Select(o => (string[])[o.Target, "", "", o.Detail]),
        ]);
        foreach (var attempt in record.Attempts)
            terminal.WriteLine($"{attempt.Target} {attempt.Outcome} after {attempt.Seconds:0.0} s, {RoutingWords.Dollars(attempt.Cost)}, {attempt.BytesOut:N0} bytes out{(attempt.Continues ? ", going on" : "")}{(attempt.IsHedge ? ", beside another" : "")}");
        if (record.Escalation is { } escalation) terminal.WriteLine($"A better one was looked for: {escalation}.");
        if (record.Limit is { } limit) terminal.WriteLine(limit);
        if (record.Refusal is { } refusal) terminal.WriteLine(refusal);
    }
}
