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
            .. Reasons(reports).Select(reason => Row($"  {reason}", r => $"{r.Refusals.FirstOrDefault(f => f.Reason == reason).Count:N0}")),
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
        ["refusals"] = new JsonObject(report.Refusals.Select(r => KeyValuePair.Create(r.Reason.ToString(), (JsonNode?)r.Count))),
        ["targets"] = new JsonObject(report.Targets.Select(t => KeyValuePair.Create(t.Name, (JsonNode?)new JsonObject
        {
            ["calls"] = t.Calls,
            ["answers"] = t.Answers,
            ["failures"] = t.Failures,
            ["spent"] = t.Spent / 1_000_000m,
        }))),
        ["continued"] = report.Continued,
        ["hedged"] = report.Hedged,
        ["firstWord"] = new JsonObject { ["p50"] = report.FirstWord(0.5), ["p95"] = report.FirstWord(0.95) },
        ["spent"] = report.Spent / 1_000_000m,
        ["leaks"] = report.Leaks,
    };

    private static IEnumerable<ExclusionReason> Reasons(IReadOnlyList<SimulationReport> reports) => reports.SelectMany(r => r.Refusals).Select(r => r.Reason).Distinct().Order();

    private static IEnumerable<string> Names(IReadOnlyList<SimulationReport> reports) => reports.SelectMany(r => r.Targets).Select(t => t.Name).Distinct();

    private static SimulatedTargetReport? Of(SimulationReport report, string name) => report.Targets.FirstOrDefault(t => t.Name == name);

    private static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
