using System.CommandLine;
using System.Text.Json;
using Appliance.Client;
using Appliance.Commands.People;
using Appliance.Gateway.Identity;

namespace Appliance.Commands.Devices;

/// <summary><c>appliance pairing</c>: everything that waits to be let in, in one place: devices, and what nodes offer.</summary>
internal static class PairingCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Create() => new("pairing", "What waits to be let in, devices and nodes alike: list and approve.") { ListCommand(), ApproveCommand(), Hidden(QrCommand.Create()) };

    // `appliance qr`, where some look for it.
    private static Command Hidden(Command command)
    {
        command.Hidden = true;
        return command;
    }

    private static Command ListCommand()
    {
        var command = new Command("list", "List what waits: devices that want in, nodes that offer commands.");
        var gateway = new GatewayArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var client = await gateway.ConnectAsync(parsed, cancellation, Scope.Pairing);
            var devices = (await client.RequestAsync("device.pair.list", cancellation: cancellation)).Items("pending").ToArray();
            var nodes = (await client.RequestAsync("node.pair.list", cancellation: cancellation)).Items("pending").ToArray();
            var terminal = Terminal.Of(parsed);
            if (gateway.Json(parsed))
            {
                terminal.WriteJson(JsonElement.Parse($"{{\"devices\":[{string.Join(',', devices.Select(row => row.GetRawText()))}],\"nodes\":[{string.Join(',', nodes.Select(row => row.GetRawText()))}]}}"));
                return ExitCode.Ok;
            }
            if (devices.Length + nodes.Length == 0) terminal.Note("Nothing waits.");
            else
            {
                terminal.WriteTable(["REQUEST", "KIND", "NAME", "WANTS", "SINCE"],
                [
                    .. devices.Select(row => new[] { row.Text("requestId") ?? "", "device", row.Text("displayName") ?? row.Text("deviceId") ?? "-", string.Join(" ", row.Texts("scopes")), When.Ago(row.Number("ts")) }),
                    .. nodes.Select(row => new[] { row.Text("requestId") ?? "", "node", row.Text("displayName") ?? row.Text("nodeId") ?? "-", string.Join(" ", row.Texts("commands")), When.Ago(row.Number("ts")) }),
                ]);
            }
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command ApproveCommand()
    {
        var request = new Argument<string>("request") { HelpName = "REQUEST", Description = "The request, from `appliance pairing list`." };
        var person = DevicesCommand.PersonOption();
        var command = new Command("approve", "Let in what waits, whether it is a device or what a node offers.") { request, person };
        var gateway = new GatewayArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var client = await gateway.ConnectAsync(parsed, cancellation, Scope.Admin);
            var id = parsed.GetValue(request);
            var isNode = (await client.RequestAsync("node.pair.list", cancellation: cancellation)).Items("pending").Any(row => row.Text("requestId") == id);
            var answer = await client.RequestAsync(isNode ? "node.pair.approve" : "device.pair.approve", to => to.Add("requestId", id).Add("person", isNode ? null : parsed.GetValue(person)), cancellation);
            var terminal = Terminal.Of(parsed);
            if (gateway.Json(parsed)) terminal.WriteJson(answer);
            else
            {
                var approved = answer.Member(isNode ? "node" : "device");
                terminal.WriteLine($"approved {approved.Text("displayName") ?? approved.Text("nodeId") ?? approved.Text("deviceId")}: {string.Join(", ", approved.Texts(isNode ? "commands" : "scopes"))}");
            }
            return ExitCode.Ok;
        });
        return command;
    }
}
