using System.CommandLine;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;

namespace Appliance.Commands.Approvals;

/// <summary><c>appliance approvals</c>: what waits for a yes, the answers, and what was allowed for good.</summary>
internal static class ApprovalsCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Create() => new("approvals", "What the agent may do only with a yes: list, show, approve, deny, watch, history, grants, revoke.")
    {
        ListCommand(), ShowCommand(), AnswerCommand("approve", "Let it happen.", isYes: true), AnswerCommand("deny", "Refuse it.", isYes: false), WatchCommand(), HistoryCommand(), GrantsCommand(), RevokeCommand(),
    };

    private static Command ListCommand()
    {
        var command = new Command("list", "List what waits for a yes.");
        var gateway = new GatewayArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var client = await gateway.ConnectAsync(parsed, cancellation, Scope.Approvals);
            var waiting = await WaitingAsync(client, cancellation);
            var terminal = Terminal.Of(parsed);
            if (gateway.Json(parsed)) terminal.WriteJson(JsonElement.Parse($"[{string.Join(',', waiting.Select(row => row.GetRawText()))}]"));
            else if (waiting.Count == 0) terminal.Note("Nothing waits for a yes.");
            else
            {
                terminal.WriteTable(["ID", "AGENT", "WAITS UNTIL", "WHAT"],
                    [.. waiting.Select(row => new[] { row.Text("id") ?? "", row.Member("request").Text("agentId") ?? "-", When.At(row.Number("expiresAtMs")), What(row.Member("request")) })]);
            }
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command ShowCommand()
    {
        var id = Id();
        return GatewayRequest.Create("show", "Show one whole, and how it stands.", "approval.get", Scope.Approvals, [id],
            (parsed, to) => to.Add("id", parsed.GetValue(id)),
            (_, terminal, answer) =>
            {
                var (approval, shown) = (answer.Member("approval"), answer.Member("approval").Member("presentation"));
                terminal.WriteLine(shown.Text("commandText") ?? $"{shown.Text("title")}: {shown.Text("detail") ?? shown.Text("description")}");
                if (shown.Text("warningText") is { } warning) terminal.WriteLine(warning);
                terminal.WriteLine($"{approval.Text("status")}{(approval.Text("status") == "pending" ? $" until {When.At(approval.Number("expiresAtMs"))}" : "")}; agent {shown.Text("agentId") ?? "-"}, session {approval.Text("sourceSessionKey") ?? approval.Member("source").Text("sessionKey") ?? "-"}");
            });
    }

    private static Command AnswerCommand(string name, string description, bool isYes)
    {
        var id = Id();
        var always = new Option<bool>("--always") { Description = "The very same thing needs no yes later either." };
        var command = new Command(name, description) { id };
        if (isYes) command.Add(always);
        var gateway = new GatewayArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var client = await gateway.ConnectAsync(parsed, cancellation, Scope.Approvals);
            var asked = await client.RequestAsync("approval.get", to => to.Add("id", parsed.GetValue(id)), cancellation);
            var answer = await client.RequestAsync("approval.resolve", to => to.Add("id", parsed.GetValue(id)).Add("kind", asked.Member("approval").Member("presentation").Text("kind"))
                .Add("decision", !isYes ? "deny" : parsed.GetValue(always) ? "allow-always" : "allow-once"), cancellation);
            var terminal = Terminal.Of(parsed);
            if (gateway.Json(parsed)) terminal.WriteJson(answer);
            else if (answer.Flag("applied")) terminal.WriteLine(isYes ? "allowed" : "refused");
            else terminal.WriteLine($"it was {answer.Member("approval").Text("status")} already");
            return answer.Flag("applied") ? ExitCode.Ok : ExitCode.Error;
        });
        return command;
    }

    private static Command WatchCommand()
    {
        var command = new Command("watch", "Ask here for whatever the agent needs a yes or an answer for, until Ctrl-C.");
        var gateway = new GatewayArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var client = await gateway.ConnectAsync(parsed, cancellation, Scope.Approvals, Scope.Questions);
            var terminal = Terminal.Of(parsed);
            await using var asking = new Asking(client, terminal, TypedLines.Console);
            foreach (var row in await WaitingAsync(client, cancellation)) asking.Ask(row, isQuestion: false);
            foreach (var row in (await client.RequestAsync("question.list", cancellation: cancellation)).Items("questions")) asking.Ask(row, isQuestion: true);
            terminal.Note("Whoever needs a yes is shown here. Ctrl-C ends.");
            try
            {
                await foreach (var happened in client.EventsAsync(cancellation)) asking.Hear(happened);
            }
            catch (OperationCanceledException) { /* Ctrl-C is how this ends. */ }
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command HistoryCommand()
    {
        var count = new Option<int>("--limit") { HelpName = "COUNT", Description = "How many at most.", DefaultValueFactory = _ => 20 };
        return GatewayRequest.Create("history", "Show what was asked for and what became of it, the newest first.", "approval.history", Scope.Approvals, [count],
            (parsed, to) => to.Add("limit", parsed.GetValue(count)),
            (_, terminal, answer) =>
            {
                var rows = answer.Items("items").Select(row => new[]
                {
                    When.At(row.Number("createdAtMs")), row.Text("status") ?? "-", row.Member("resolver").Text("id") ?? "-", row.Member("presentation").Text("commandText") ?? row.Member("presentation").Text("title") ?? "",
                }).ToArray();
                if (rows.Length == 0) terminal.Note("Nothing was asked for since the gateway started.");
                else terminal.WriteTable(["WHEN", "BECAME", "BY", "WHAT"], rows);
            });
    }

    private static Command GrantsCommand() => GatewayRequest.Create("grants", "List what was allowed for good.", "exec.approval.grants.list", Scope.Approvals, [], null,
        (_, terminal, answer) =>
        {
            var rows = answer.Items("grants").Select(row => new[] { row.Text("id") ?? "", row.Text("agentId") ?? "-", row.Number("expiresAtMs") is { } end ? When.At(end) : "revoked", row.Text("command") ?? "" }).ToArray();
            if (rows.Length == 0) terminal.Note("Nothing is allowed for good.");
            else terminal.WriteTable(["GRANT", "AGENT", "UNTIL", "WHAT"], rows);
        });

    private static Command RevokeCommand()
    {
        var id = new Argument<string>("grant") { HelpName = "GRANT", Description = "The grant, from `appliance approvals grants`." };
        return GatewayRequest.Create("revoke", "Take back what was allowed for good.", "exec.approval.grants.revoke", Scope.Approvals, [id],
            (parsed, to) => to.Add("id", parsed.GetValue(id)), (parsed, terminal, _) => terminal.WriteLine($"revoked {parsed.GetValue(id)}"));
    }

    private static async Task<IReadOnlyList<JsonElement>> WaitingAsync(GatewayClient client, CancellationToken cancellation)
    {
        var rows = new List<JsonElement>();
        foreach (var method in (string[])["exec.approval.list", "plugin.approval.list"]) rows.AddRange((await client.RequestAsync(method, cancellation: cancellation)).EnumerateArray());
        return rows;
    }

    private static string What(JsonElement request) => request.Text("command") ?? $"{request.Text("title")}: {request.Text("description")}";

    private static Argument<string> Id() => new("id") { HelpName = "ID", Description = "Its id, from `appliance approvals list`." };
}
