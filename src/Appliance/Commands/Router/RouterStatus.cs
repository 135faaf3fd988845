using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Config;
using Appliance.Config.Secrets;
using Appliance.Config.Sections;
using Appliance.Hosting;
using Models;
using Models.Routing;
using Models.Routing.Execution;
using Models.Routing.Spending;
using Models.Store;

namespace Appliance.Commands.Router;

/// <summary><c>appliance router status</c>: who may answer at all, what they may see and cost, and how they did in the last day by what was written down. Asks no model and sends nothing.</summary>
internal static class RouterStatus
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The command, working on a home folder.</summary>
    public static Command Create(Func<string> home)
    {
        var json = new Option<bool>("--json") { Description = "Print one object." };
        var command = new Command("status", "Show who can be asked: where, what they may see, what they cost, how they did in the last day, and what is missing.") { json };
        command.SetAction(parsed =>
        {
            using var config = ConfigStore.Open(home());
            var since = TimeProvider.System.GetUtcNow() - Day;
            List<RouteRecord> records = [.. RouteLog.ReadAll(home()).Where(r => r.At >= since)];
            var rows = Rows(config, records);
            var limits = BudgetConfig.Rules(config.Config.Router.Budget).Everyone;
            var spent = records.Sum(r => r.Attempts.Sum(a => a.Cost));
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(json)) terminal.WriteJson(JsonElement.Parse(ToJson(config, rows, spent).ToJsonString()));
            else Show(terminal, config, rows, limits, spent);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Show(Terminal terminal, ConfigStore config, List<Row> rows, SpendingLimits limits, long spent)
    {
        terminal.WriteLine($"Profile: {RoutingWords.Of(config.Config.Router.Profile)}. Offline mode: {(config.Config.Network.Offline ? "on" : "off")}.");
        terminal.WriteLine($"Spent in the last day: {RoutingWords.Dollars(spent)}. {Words(limits)}");
        if (rows.Count == 0)
        {
            terminal.WriteLine("There is nobody to answer but the built-in model: install one with `appliance models pull`, or name one elsewhere under models.targets.");
            return;
        }
        terminal.WriteTable(["TARGET", "WHERE", "MAY SEE", "WINDOW", "PRICE", "LAST DAY", "MISSING"],
            [.. rows.Select(r => (string[])[r.Target.Name, r.Where, r.Target.IsLocal ? "all" : RoutingWords.Of(r.Target.MaySee, "and"), r.Target.Window.ToString("N0", CultureInfo.InvariantCulture), PriceOf(r.Target),
                r.Calls == 0 ? "" : $"{r.Answers:N0} of {r.Calls:N0} calls", r.Missing ?? ""])]);
        if (!rows.Exists(r => r.Target.IsLocal)) terminal.WriteLine("No model is installed on this box: what may not leave it is answered by nobody. `appliance models recommend` names some.");
    }

    private static string Words(SpendingLimits limits)
    {
        List<string> words = [];
        foreach (var (window, limit) in ((string, long?)[])[("an hour", limits.Hour), ("a day", limits.Day), ("a month", limits.Month)])
            if (limit is { } micros) words.Add($"{RoutingWords.Dollars(micros)} {window}");
        return words.Count == 0 ? "No limit is set for all together." : $"At most: {string.Join(", ", words)}.";
    }

    private static string PriceOf(Target target) => target.Price switch
    {
        null => "unknown",
        { IsFree: true } => "free",
        { } price => string.Create(CultureInfo.InvariantCulture, $"${price.Input / 1_000_000m:0.00##} in, ${price.Output / 1_000_000m:0.00##} out a million"),
    };

    private static List<Row> Rows(ConfigStore config, List<RouteRecord> records)
    {
        var rows = new List<Row>();
        var store = new ModelStore(config.Home) { DefaultName = config.Config.Models.Default };
        if (ConfiguredRouter.LocalModel(store) is { } local) rows.Add(Of(ConfiguredRouter.ToTarget(local.Manifest), "this box", RouterExplain.RoomFor(local)?.Unfit));
        foreach (var (name, setting) in config.Config.Models.Targets) rows.Add(Of(setting.ToTarget(name), new Uri(setting.Url).Authority, Missing(name, setting, config)));
        return rows;

        Row Of(Target target, string where, string? missing)
        {
            var calls = records.SelectMany(r => r.Attempts).Where(a => a.Target == target.Name).ToList();
            return new Row(target, where, calls.Count, calls.Count(a => a.Outcome == "answered"), missing);
        }
    }

    private static string? Missing(string name, TargetConfig setting, ConfigStore config)
    {
        if (setting.ToTarget(name).Price is null) return "its price: set priceIn and priceOut, 0 where it is free";
        if (config.Config.Router.Profile == RoutingProfile.Private && setting.KeepsData) return "keepsData is true, and the profile is private: it is not asked";
        foreach (var key in setting.AllKeys())
        {
            // A program that gives the key is not run for a look.
            if (key.Source == SecretSource.Command) continue;
            try { SecretResolver.Resolve(key, $"models.targets.{name}.key", config.Home); }
            catch (ModelException e) { return $"its key, as far as can be told from here: {e.Message}"; }
        }
        return null;
    }

    private static JsonObject ToJson(ConfigStore config, List<Row> rows, long spent) => new()
    {
        ["profile"] = RoutingWords.Of(config.Config.Router.Profile),
        ["offline"] = config.Config.Network.Offline,
        ["spentLastDay"] = spent / 1_000_000m,
        ["targets"] = new JsonArray([.. rows.Select(r => new JsonObject
        {
            ["name"] = r.Target.Name,
            ["local"] = r.Target.IsLocal,
            ["where"] = r.Where,
            ["maySee"] = RoutingWords.Of(r.Target.MaySee, "and"),
            ["window"] = r.Target.Window,
            ["priceIn"] = r.Target.Price?.Input / 1_000_000m,
            ["priceOut"] = r.Target.Price?.Output / 1_000_000m,
            ["calls"] = r.Calls,
            ["answers"] = r.Answers,
            ["missing"] = r.Missing,
        })]),
    };

    private sealed record Row(Target Target, string Where, int Calls, int Answers, string? Missing);
}
