using System.CommandLine;
using Appliance.Client;
using Appliance.Gateway.Identity;
using Models;

namespace Appliance.Commands.Outbox;

/// <summary><c>appliance outbox</c>: what waits to leave the box.</summary>
internal static class OutboxCommand
{
    /// <summary>The command with all its subcommands.</summary>
    public static Command Create() => new("outbox", "What waits to leave the box, since it is offline or nobody answers there: list, remove, retry.") { List(), Remove(), Retry() };

    private static Command List() => GatewayRequest.Create("list", "List what waits, and what is held since nobody knows whether it arrived.", "outbox.list", Scope.Read, [], null, (_, terminal, answer) =>
    {
        var rows = answer.Items("entries").Select(row => new[]
        {
            row.Text("id") ?? "", row.Text("kind") ?? "", row.Text("to") ?? "", When.At(row.Number("at")), row.Text("state") ?? "", row.Number("tries")?.ToString() ?? "", row.Text("error") ?? "-",
        }).ToArray();
        if (rows.Length == 0) terminal.Note("Nothing waits.");
        else terminal.WriteTable(["ID", "BY", "TO", "SINCE", "STATE", "TRIES", "LAST"], rows);
        if (rows.Length > 0 && answer.Flag("offline")) terminal.Note("Offline mode is on: nothing is sent until it is off.");
    });

    private static Command Remove()
    {
        var id = new Argument<string>("id") { HelpName = "ID", Description = "Which." };
        return GatewayRequest.Create("remove", "Give something up.", "outbox.remove", Scope.Admin, [id], (parsed, to) => to.Add("id", parsed.GetValue(id)),
            (parsed, terminal, answer) => terminal.WriteLine(answer.Flag("ok") ? $"removed {parsed.GetValue(id)}" : throw new ModelException($"There is no {parsed.GetValue(id)}, or it is being sent just now.")));
    }

    private static Command Retry()
    {
        var id = new Argument<string?>("id") { HelpName = "ID", Description = "Which; one that is held is sent again, whether it arrived before or not. Without it all that only wait.", Arity = ArgumentArity.ZeroOrOne };
        return GatewayRequest.Create("retry", "Send something again, or all that waits, now.", "outbox.retry", Scope.Admin, [id], (parsed, to) => to.Add("id", parsed.GetValue(id)),
            (parsed, terminal, answer) => terminal.WriteLine(!answer.Flag("ok") ? throw new ModelException($"There is no {parsed.GetValue(id)}.") : answer.Flag("offline") ? "it is sent once offline mode is off" : "it is being sent"));
    }
}
