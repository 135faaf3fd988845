using System.CommandLine;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Runtime.Schedule.Jobs;

namespace Appliance.Commands.Cron;

/// <summary><c>appliance cron</c>: what the agent does at given times.</summary>
internal static class CronCommand
{
    /// <summary>The command with all its subcommands.</summary>
    public static Command Create() => new("cron", "What the agent does at given times: list, add, remove, run, runs, enable, disable, status.")
    {
        ListCommand(), AddCommand(), RemoveCommand(), RunCommand(), RunsCommand(), SwitchCommand("enable", "Let a job run again.", true), SwitchCommand("disable", "Let a job rest.", false), StatusCommand(),
    };

    private static Command ListCommand()
    {
        var all = new Option<bool>("--all") { Description = "Those that rest too." };
        return GatewayRequest.Create("list", "List jobs, the next one first.", "cron.list", Scope.Read, [all],
            (parsed, to) => to.Add("includeDisabled", parsed.GetValue(all)).Add("limit", 200),
            (_, terminal, answer) =>
            {
                var rows = answer.Items("jobs").Select(row => new[]
                {
                    row.Text("id") ?? "", row.Text("name") ?? "", WhenText(row.Member("schedule")), row.Flag("enabled") ? When.At(row.Number("nextRunAtMs")) : "rests", row.Member("state").Text("lastStatus") ?? "-",
                }).ToArray();
                if (rows.Length == 0) terminal.Note("There are no jobs. `appliance cron add NAME WHEN TEXT` adds one.");
                else terminal.WriteTable(["ID", "NAME", "WHEN", "NEXT", "LAST"], rows);
            });
    }

    private static Command AddCommand()
    {
        var name = new Argument<string>("name") { HelpName = "NAME", Description = "What to call it." };
        var when = new Argument<string>("when") { HelpName = "WHEN", Description = $"When: {JobWhen.Help}." };
        var text = new Argument<string>("text") { HelpName = "TEXT", Description = "What the agent is told then." };
        var zone = new Option<string?>("--zone") { HelpName = "ZONE", Description = "Time zone of WHEN, such as Europe/Berlin; the machine's own without it." };
        var isMain = new Option<bool>("--main") { Description = "Speak in the agent's main session; without it each run has a session of its own." };
        var missed = new Option<string>("--missed") { HelpName = "POLICY", Description = "Runs that nobody was there for: once (the last), skip, all (the last ten).", DefaultValueFactory = _ => "once" };
        missed.AcceptOnlyFromAmong("once", "skip", "all");
        var webhook = new Option<string?>("--webhook") { HelpName = "URL", Description = "Post each answer to this https address of the public Internet." };
        var timeout = new Option<int?>("--timeout") { HelpName = "SECONDS", Description = "How long a run may take." };
        return GatewayRequest.Create("add", "Add a job.", "cron.add", Scope.Admin, [name, when, text, zone, isMain, missed, webhook, timeout],
            (parsed, to) =>
            {
                var schedule = JobWhen.Parse(parsed.GetValue(when)!, parsed.GetValue(zone), DateTimeOffset.Now);
                to.Add("name", parsed.GetValue(name)).Add("enabled", true).Add("sessionTarget", parsed.GetValue(isMain) ? "main" : "isolated").Add("wakeMode", "now")
                    .Raw("schedule", FrameWriter.Payload(plan => plan.Add("kind", schedule.Kind).Add("at", schedule.At).Add("everyMs", schedule.EveryMs).Add("expr", schedule.Expr).Add("tz", schedule.Tz)))
                    .Raw("payload", FrameWriter.Payload(load => load.Add("kind", Job.AgentTurn).Add("message", parsed.GetValue(text)).Add("timeoutSeconds", (long?)parsed.GetValue(timeout))))
                    .Add("missed", parsed.GetValue(missed));
                if (parsed.GetValue(webhook) is { } url) to.Raw("delivery", FrameWriter.Payload(delivery => delivery.Add("mode", JobDelivery.Webhook).Add("to", url)));
            },
            (_, terminal, answer) => terminal.WriteLine($"added {answer.Text("id")}; it runs next {When.At(answer.Number("nextRunAtMs"))}"));
    }

    private static Command RemoveCommand()
    {
        var id = Id();
        return GatewayRequest.Create("remove", "Remove a job with its history.", "cron.remove", Scope.Admin, [id],
            (parsed, to) => to.Add("id", parsed.GetValue(id)), (parsed, terminal, _) => terminal.WriteLine($"removed {parsed.GetValue(id)}"));
    }

    private static Command RunCommand()
    {
        var id = Id();
        return GatewayRequest.Create("run", "Run a job now, whatever its schedule says.", "cron.run", Scope.Admin, [id],
            (parsed, to) => to.Add("id", parsed.GetValue(id)).Add("mode", "force"),
            (_, terminal, answer) => terminal.WriteLine(answer.Text("runId") is { } run ? $"begun as {run}" : "it runs already"));
    }

    private static Command RunsCommand()
    {
        var id = new Argument<string?>("id") { HelpName = "ID", Description = "One job's; all without it.", Arity = ArgumentArity.ZeroOrOne };
        var count = new Option<int>("--limit") { HelpName = "COUNT", Description = "How many at most.", DefaultValueFactory = _ => 20 };
        return GatewayRequest.Create("runs", "Show what came of runs, the newest first.", "cron.runs", Scope.Read, [id, count],
            (parsed, to) => to.Add("id", parsed.GetValue(id)).Add("limit", parsed.GetValue(count)),
            (_, terminal, answer) =>
            {
                var rows = answer.Items("entries").Select(row => new[]
                {
                    When.At(row.Number("runAtMs")), row.Text("jobName") ?? row.Text("jobId") ?? "", row.Text("status") ?? "-", $"{row.Number("durationMs") / 1000.0:0.0} s", (row.Text("error") ?? row.Text("summary") ?? "").ReplaceLineEndings(" "),
                }).ToArray();
                if (rows.Length == 0) terminal.Note("Nothing has run yet.");
                else terminal.WriteTable(["WHEN", "JOB", "STATUS", "TOOK", "WHAT"], rows);
            });
    }

    private static Command SwitchCommand(string name, string description, bool enabled)
    {
        var id = Id();
        return GatewayRequest.Create(name, description, "cron.update", Scope.Admin, [id],
            (parsed, to) => to.Add("id", parsed.GetValue(id)).Raw("patch", FrameWriter.Payload(patch => patch.Add("enabled", enabled))),
            (_, terminal, answer) => terminal.WriteLine(enabled ? $"{answer.Text("name")} runs next {When.At(answer.Number("nextRunAtMs"))}" : $"{answer.Text("name")} rests"));
    }

    private static Command StatusCommand() => GatewayRequest.Create("status", "Say how many jobs there are and when the next runs.", "cron.status", Scope.Read, [], null,
        (_, terminal, answer) => terminal.WriteLine($"{answer.Number("jobs")} jobs; next {When.At(answer.Number("nextWakeAtMs"))}"));

    private static string WhenText(JsonElement schedule) =>
        schedule.Text("expr") is { } expression ? $"{expression} {schedule.Text("tz")}".Trim() : schedule.Text("at") ?? $"every {TimeSpan.FromMilliseconds(schedule.Number("everyMs") ?? 0)}";

    private static Argument<string> Id() => new("id") { HelpName = "ID", Description = "The job's id, from `appliance cron list`." };
}
