using System.CommandLine;
using System.Text.Json;
using Appliance.Config;
using Appliance.Config.Sections;
using Appliance.Hosting;
using Models;
using Models.Generation;
using Models.Routing;
using Models.Routing.Execution;
using Models.Routing.Simulation;
using Models.Store;

namespace Appliance.Commands.Router;

/// <summary><c>appliance router simulate</c>: turns through the router while models elsewhere have their troubles, by a clock of its own. Asks no model and sends nothing.</summary>
internal static class RouterSimulate
{
    private const string Log = "log";

    // What a price list may do overnight.
    private const int PriceRise = 10;

    // In the order of the weathers, the first of which is none.
    private static readonly string[] Troubles = ["outage", "portal", "storm", "broken", "denied", "slow", "cut"];

    /// <summary>The command, working on a home folder.</summary>
    public static Command Create(Func<string> home)
    {
        var log = new Argument<string?>(Log) { HelpName = "LOG", Description = "Decisions whose questions are asked again, such as router/decisions.jsonl; without it made-up ones.", Arity = ArgumentArity.ZeroOrOne };
        var scenario = new Option<string[]>("--scenario") { Description = $"What happens in the middle half to all models elsewhere: {string.Join(", ", Troubles)}, or prices (ten times as dear). Several may be named.", HelpName = "NAME" };
        var outage = new Option<string[]>("--outage") { Description = "A model that is away for a while, such as cloud:10m-40m. Several may be named.", HelpName = "TARGET:FROM-TO" };
        var policy = new Option<string?>("--policy") { Description = "An appliance.json that is tried beside the one in force: its section router, and its models.targets where it has any.", HelpName = "FILE" };
        var turns = new Option<int>("--turns") { Description = "Questions that are made up.", HelpName = "N", DefaultValueFactory = _ => 200 };
        var seed = new Option<int>("--seed") { Description = "Chance: the same number gives the same run.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "Print one object." };
        var command = new Command("simulate", "Send questions through the router while models elsewhere are away, refuse or break off: who answers, what it costs, what leaks.") { log, scenario, outage, policy, turns, seed, json };
        command.SetAction(parsed =>
        {
            var workload = parsed.GetValue(log) is { } path ? Recorded(path) : SimulatedTurn.Workload(Math.Clamp(parsed.GetValue(turns), 1, 100_000), parsed.GetValue(seed));
            if (workload.Count == 0) throw new ModelException("There is no decision in it.");
            List<Spell> spells = [.. (parsed.GetValue(scenario) ?? []).Select(name => Scenario(name, workload[^1].At)), .. (parsed.GetValue(outage) ?? []).Select(Outage)];
            var inForce = RouterCommand.ConfigOf(home(), null);
            List<SimulationReport> sides = [Run(inForce)];
            if (parsed.GetValue(policy) is { } file) sides.Add(Run(RouterCommand.ConfigOf(home(), file)));
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(json)) terminal.WriteJson(JsonElement.Parse(SimulationTable.ToJson(workload.Count, sides).ToJsonString()));
            else terminal.WriteTable(sides.Count == 1 ? ["", "IN FORCE"] : ["", "IN FORCE", "TRIED"], SimulationTable.Rows(workload.Count, sides));
            return ExitCode.Ok;

            SimulationReport Run(ApplianceConfig config)
            {
                var targets = Targets(home(), inForce, config.Models.Targets.Count > 0 ? config : inForce);
                foreach (var spell in spells.Where(s => s.Target != "*" && !targets.Exists(t => t.Name == s.Target)))
                    throw new ModelException($"There is no target {spell.Target}. There {(targets.Count == 1 ? "is" : "are")} {string.Join(", ", targets.Select(t => t.Name))}.");
                return RouterSimulation.Run(new SimulationPlan(targets, config.Router.ToPolicy(), BudgetConfig.Rules(config.Router.Budget), workload, spells) { IsOffline = config.Network.Offline, Seed = parsed.GetValue(seed) });
            }
        });
        return command;
    }

    private static List<Target> Targets(string home, ApplianceConfig inForce, ApplianceConfig config)
    {
        List<Target> targets = [.. config.Models.Targets.Select(target => target.Value.ToTarget(target.Key))];
        if (ConfiguredRouter.LocalModel(new ModelStore(home) { DefaultName = inForce.Models.Default }) is { } local) targets.Insert(0, ConfiguredRouter.ToTarget(local.Manifest));
        return targets.Count > 0 ? targets : throw new ModelException("There is nobody to answer: no model is installed, and none is named under models.targets.");
    }

    // As long after each other as they were; what each counted then is counted again.
    private static List<SimulatedTurn> Recorded(string path)
    {
        var records = RouteLog.Read(path).ToList();
        records.Sort((a, b) => a.At.CompareTo(b.At));
        return [.. records.Select(record => new SimulatedTurn(record.At - records[0].At, record.Decision.Request.Turn with
        {
            LikelyAnswer = (int)Math.Clamp((record.Attempts is [.., var last] ? last.AnswerTokens : null) ?? record.Decision.Request.Turn.LikelyAnswer, 1, 100_000),
        })
        {
            Conversation = record.Conversation,
            Tokens = TokensOf(record.Decision.Request.Candidates),
        })];
    }

    private static Dictionary<string, int> TokensOf(IReadOnlyList<Candidate> candidates)
    {
        var tokens = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var candidate in candidates) tokens[candidate.Target.Name] = candidate.Tokens;
        return tokens;
    }

    private static Spell Scenario(string name, TimeSpan length)
    {
        var (from, to) = (length / 4, length * 3 / 4);
        if (name == "prices") return new Spell("*", from, to, Weather.Fine) { Price = PriceRise };
        return Array.IndexOf(Troubles, name) is >= 0 and var trouble ? new Spell("*", from, to, (Weather)(trouble + 1)) : throw new ModelException($"There is no scenario {name}. There are {string.Join(", ", Troubles)} and prices.");
    }

    private static Spell Outage(string text)
    {
        var (at, between) = (text.LastIndexOf(':'), text.LastIndexOf('-'));
        if (at > 0 && between > at && KeepAlive.TryParse(text[(at + 1)..between], out var from) && KeepAlive.TryParse(text[(between + 1)..], out var to) && from >= TimeSpan.Zero && to > from)
            return new Spell(text[..at], from, to, Weather.Away);
        throw new ModelException($"{text} is no outage: a target, a colon, from when and to when since the beginning, as in cloud:10m-40m.");
    }
}
