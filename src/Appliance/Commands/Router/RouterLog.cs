using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Models.Routing;
using Models.Routing.Execution;

namespace Appliance.Commands.Router;

/// <summary><c>appliance router log</c>: the decisions that were written down, the newest last.</summary>
internal static class RouterLog
{
    /// <summary>The command, working on a home folder.</summary>
    public static Command Create(Func<string> home)
    {
        var limit = new Option<int>("--limit") { Description = "Most decisions to show, the newest; 20 by default.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var conversation = new Option<string?>("--conversation") { Description = "Only those of this conversation.", HelpName = "KEY" };
        var target = new Option<string?>("--target") { Description = "Only those in which this one was called.", HelpName = "NAME" };
        var refused = new Option<bool>("--refused") { Description = "Only those that came to no answer." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line, as `router explain` has it." };
        var command = new Command("log", "List the decisions that were made: who answered, how soon against what was expected, cost, bytes out.") { limit, conversation, target, refused, json };
        command.SetAction(parsed =>
        {
            var records = RouteLog.ReadAll(home())
                .Where(r => parsed.GetValue(conversation) is not { } key || r.Conversation == key)
                .Where(r => parsed.GetValue(target) is not { } name || r.Attempts.Any(a => a.Target == name))
                .Where(r => !parsed.GetValue(refused) || r.Refusal is not null)
                .TakeLast(Math.Max(1, parsed.GetValue(limit))).ToList();
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(json))
            {
                foreach (var record in records) terminal.WriteLine(JsonSerializer.Serialize(record, RoutingJson.Default.RouteRecord));
            }
            else if (records.Count == 0) terminal.Note("no decisions: they are written down once a gateway with models.targets has answered");
            else terminal.WriteTable(["ID", "WHEN", "CONVERSATION", "HOLDS", "ANSWERED BY", "FIRST TOKEN", "COST", "BYTES OUT"], [.. records.Select(Row)]);
            return ExitCode.Ok;
        });
        return command;
    }

    private static string[] Row(RouteRecord record) =>
    [
        record.Id ?? "", When.At(record.At.ToUnixTimeMilliseconds()), record.Conversation ?? "", RoutingWords.Of(record.Decision.Request.Turn.Data, "and"),
        record.Refusal is not null ? "nobody" : string.Join(" + ", record.Attempts.Where(a => a.Outcome == "answered" || a.FirstToken is not null).Select(a => a.Target).Distinct()),
        FirstToken(record), RoutingWords.Dollars(record.Attempts.Sum(a => a.Cost)), record.Attempts.Sum(a => a.BytesOut).ToString("N0", CultureInfo.InvariantCulture),
    ];

    private static string FirstToken(RouteRecord record)
    {
        if (record.Attempts.FirstOrDefault(a => a.FirstToken is not null) is not { FirstToken: { } first } attempt) return "";
        var expected = record.Decision.Ranked.FirstOrDefault(r => r.Name == attempt.Target)?.FirstToken;
        return string.Create(CultureInfo.InvariantCulture, $"{(expected is null ? "" : $"{expected:0.0} s, was ")}{first:0.0} s");
    }
}
