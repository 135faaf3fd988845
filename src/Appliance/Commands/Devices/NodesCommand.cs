using System.CommandLine;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;

namespace Appliance.Commands.Devices;

/// <summary><c>appliance nodes</c>: machines that offer commands to this one.</summary>
internal static class NodesCommand
{
    /// <summary>The command with all its subcommands.</summary>
    public static Command Create()
    {
        var (node, name) = (Node(), new Argument<string>("name") { HelpName = "NAME", Description = "What to call it." });
        return new Command("nodes", "Machines that offer commands: list, describe, invoke, rename, remove.")
        {
            GatewayRequest.Create("list", "List nodes and what may be called on them.", "node.list", Scope.Read, [], null, (_, terminal, answer) =>
            {
                var rows = answer.Items("nodes").Select(row => new[]
                {
                    row.Text("nodeId") ?? "", row.Text("displayName") ?? "-", row.Flag("connected") ? "connected" : "away", row.Text("approvalState") ?? "-", string.Join(" ", row.Texts("commands")),
                }).ToArray();
                if (rows.Length == 0) terminal.Note("There are no nodes. `openclaw node run` on another machine makes it one.");
                else terminal.WriteTable(["ID", "NAME", "STATE", "APPROVAL", "COMMANDS"], rows);
            }),
            GatewayRequest.Create("describe", "Show one node.", "node.describe", Scope.Read, [node], (parsed, to) => to.Add("nodeId", parsed.GetValue(node)), (_, terminal, answer) =>
            {
                foreach (var field in answer.EnumerateObject().Where(field => field.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)))
                    terminal.WriteLine($"{field.Name,-14}  {(field.Value.ValueKind == JsonValueKind.Array ? string.Join(" ", answer.Texts(field.Name)) : field.Name.EndsWith("Ms", StringComparison.Ordinal) ? When.At(answer.Number(field.Name)) : field.Value.ToString())}");
            }),
            InvokeCommand(),
            GatewayRequest.Create("rename", "Give a node a name.", "node.rename", Scope.Pairing, [node, name],
                (parsed, to) => to.Add("nodeId", parsed.GetValue(node)).Add("displayName", parsed.GetValue(name)),
                (_, terminal, answer) => terminal.WriteLine($"{answer.Text("nodeId")} is now {answer.Text("displayName")}")),
            GatewayRequest.Create("remove", "Take a node's approval away. Its connection ends at once.", "node.pair.remove", Scope.Pairing, [node],
                (parsed, to) => to.Add("nodeId", parsed.GetValue(node)), (_, terminal, answer) => terminal.WriteLine($"removed {answer.Text("nodeId")}")),
        };
    }

    private static Command InvokeCommand()
    {
        var (node, command) = (Node(), new Argument<string>("command") { HelpName = "COMMAND", Description = "One of the node's commands, such as system.which." });
        var parameters = new Argument<string?>("params") { HelpName = "JSON", Description = "Its parameters, one JSON object.", Arity = ArgumentArity.ZeroOrOne };
        var timeout = new Option<int>("--timeout") { Description = "Seconds to wait for the node.", HelpName = "SECONDS", DefaultValueFactory = _ => 30 };
        // Commands that reach far into a machine are the administrator's.
        return GatewayRequest.Create("invoke", "Call a command of a node and print what it answers.", "node.invoke", Scope.Admin, [node, command, parameters, timeout],
            (parsed, to) =>
            {
                to.Add("nodeId", parsed.GetValue(node)).Add("command", parsed.GetValue(command)).Add("timeoutMs", parsed.GetValue(timeout) * 1000L).Add("idempotencyKey", Guid.NewGuid().ToString());
                if (parsed.GetValue(parameters) is { } json) to.Raw("params", JsonArgument.Object(json));
            },
            (_, terminal, answer) => terminal.WriteJson(answer.Member("payload") is { ValueKind: not JsonValueKind.Undefined } payload ? payload : answer));
    }

    private static Argument<string> Node() => new("node") { HelpName = "ID", Description = "The node's id, from `appliance nodes list`." };
}
