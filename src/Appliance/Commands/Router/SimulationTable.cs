using System.Globalization;
using System.Text.Json.Nodes;
using Models.Routing;
using Models.Routing.Simulation;

namespace Appliance.Commands.Router;

/// <summary>What came of simulations, for people and for programs. Pure.</summary>
internal static class SimulationTable
{
    /// <summary>The lines of a table, a column a simulation.</summary>
    public static IReadOnlyList<string[]> Rows(int questions, IReadOnlyList<SimulationReport> reports)
    {
        List<string[]> rows =
        [
            Row("questions", _ => $"{questions:N0}"),
            Row("nobody answered", r => $"{r.Refused:N0}"),
            .. Reasons(reports).Select(reason => Row($"  {reason}", r => $"{r.Refusals.Count(f => f == reason):N0}")),
            .. Names(reports).Select(name => Row($"answered by {name}", r => Of(r, name) is { } target ? $"{target.Answers:N0} of {target.Calls:N0} calls" : "")),
            Row("gone on with by another", r => $"{r.Continued:N0}"),
            Row("asked beside a slow one", r => $"{r.Hedged:N0}"),
            Row("first word, median", r => Seconds(r.FirstWord(0.5))),
            Row("first word, 95 of 100", r => Seconds(r.FirstWord(0.95))),
            Row("spent", r => RoutingWords.Dollars(r.Spent)),
            Row("saw what it may not", r => $"{r.Leaks:N0}"),
        ];
        return rows;

        string[] Row(string what, Func<SimulationReport, string> value) => [what, .. reports.Select(value)];
    }

    /// <summary>The same for programs; money in dollars, time in seconds.</summary>
    public static JsonObject ToJson(int questions, IReadOnlyList<SimulationReport> reports)
    {
        var json = new JsonObject { ["questions"] = questions, ["inForce"] = ToJson(reports[0]) };
        if (reports.Count > 1) json["tried"] = ToJson(reports[1]);
        return json;
    }

    private static JsonObject ToJson(SimulationReport report) => new()
    {
        ["answered"] = report.Records.Count - report.Refused,
        ["refused"] = report.Refused,
        ["refusals"] = Refusals(report),
        ["targets"] = Targets(report),
        ["continued"] = report.Continued,
        ["hedged"] = report.Hedged,
        ["firstWord"] = new JsonObject { ["p50"] = report.FirstWord(0.5), ["p95"] = report.FirstWord(0.95) },
        ["spent"] = report.Spent / 1_000_000m,
        ["leaks"] = report.Leaks,
    };

    private static JsonObject Refusals(SimulationReport report)
    {
        var json = new JsonObject();
        foreach (var reason in report.Refusals.Distinct()) json[reason] = report.Refusals.Count(r => r == reason);
        return json;
    }

    private static JsonObject Targets(SimulationReport report)
    {
        var json = new JsonObject();
        foreach (var target in report.Targets) json[target.Name] = new JsonObject { ["calls"] = target.Calls, ["answers"] = target.Answers, ["failures"] = target.Failures, ["spent"] = target.Spent / 1_000_000m };
        return json;
    }

    private static IEnumerable<string> Reasons(IReadOnlyList<SimulationReport> reports) => reports.SelectMany(r => r.Refusals).Distinct();

    private static IEnumerable<string> Names(IReadOnlyList<SimulationReport> reports) => reports.SelectMany(r => r.Targets).Select(t => t.Name).Distinct();

    private static SimulatedTargetReport? Of(SimulationReport report, string name) => report.Targets.FirstOrDefault(t => t.Name == name);

    private static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
