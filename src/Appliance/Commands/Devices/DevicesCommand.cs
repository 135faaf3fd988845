using System.CommandLine;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;

namespace Appliance.Commands.Devices;

/// <summary><c>appliance devices</c>: programs and phones that wait to be let in, or are in.</summary>
internal static class DevicesCommand
{
    /// <summary>The command with all its subcommands.</summary>
    public static Command Create()
    {
        var role = new Option<string>("--role") { Description = "operator (apps and programs) or node.", HelpName = "ROLE", DefaultValueFactory = _ => Principal.Operator };
        role.AcceptOnlyFromAmong(Principal.Operator, Principal.Node);
        var (request, device) = (Request(), Device());
        var name = new Argument<string>("name") { HelpName = "NAME", Description = "What to call it." };
        return new Command("devices", "List the devices that wait or are paired; approve, reject, revoke, rotate, rename.")
        {
            List("list", "List devices: those that wait to be approved, and those that are paired."),
            Approve(),
            GatewayRequest.Create("reject", "Refuse a device that waits.", "device.pair.reject", Scope.Pairing, [request],
                (parsed, to) => to.Add("requestId", parsed.GetValue(request)), (_, terminal, answer) => terminal.WriteLine($"rejected {answer.Text("deviceId")}")),
            GatewayRequest.Create("revoke", "Take a device's pairing away. Its connections end at once.", "device.pair.remove", Scope.Admin, [device],
                (parsed, to) => to.Add("deviceId", parsed.GetValue(device)), (_, terminal, answer) => terminal.WriteLine($"revoked {answer.Text("deviceId")}")),
            GatewayRequest.Create("rotate", "Give a device a new token and show it. The old one is worth nothing from then on.", "device.token.rotate", Scope.Admin, [device, role],
                (parsed, to) => to.Add("deviceId", parsed.GetValue(device)).Add("role", parsed.GetValue(role)),
                (_, terminal, answer) => terminal.WriteLine($"{answer.Text("role")} token of {answer.Text("deviceId")}, shown this once: {answer.Text("token")}")),
            GatewayRequest.Create("rename", "Give a device a name.", "device.pair.rename", Scope.Pairing, [device, name],
                (parsed, to) => to.Add("deviceId", parsed.GetValue(device)).Add("displayName", parsed.GetValue(name)),
                (_, terminal, answer) => terminal.WriteLine($"{answer.Text("deviceId")} is now {answer.Text("displayName") ?? answer.Text("label")}")),
        };
    }

    /// <summary>The command that approves a device.</summary>
    public static Command Approve()
    {
        var (request, person) = (Request(), PersonOption());
        // Whoever approves can give no more than they ask for here.
        return GatewayRequest.Create("approve", "Let a device in that waits.", "device.pair.approve", Scope.Admin, [request, person],
            (parsed, to) => to.Add("requestId", parsed.GetValue(request)).Add("person", parsed.GetValue(person)),
            (_, terminal, answer) => terminal.WriteLine($"approved {answer.Member("device").Text("displayName") ?? answer.Member("device").Text("deviceId")}: {string.Join(", ", answer.Member("device").Texts("scopes"))}"));
    }

    /// <summary>Whose a device will be.</summary>
    public static Option<string?> PersonOption() => new("--person") { Description = "Whose device it will be; by default of whom the token was that it came with.", HelpName = "PERSON" };

    /// <summary>The command that lists them.</summary>
    public static Command List(string name, string description) =>
        GatewayRequest.Create(name, description, "device.pair.list", Scope.Pairing, [], null, (_, terminal, answer) => Show(terminal, answer));

    private static void Show(Terminal terminal, JsonElement answer)
    {
        var pending = answer.Items("pending").ToArray();
        var paired = answer.Items("paired").ToArray();
        if (pending.Length > 0)
        {
            terminal.WriteTable(["WAITS: REQUEST", "DEVICE", "ROLE", "WANTS", "FROM", "SINCE"], [.. pending.Select(row => new[]
            {
                row.Text("requestId") ?? "", NameOf(row), row.Text("role") ?? "-", string.Join(" ", row.Texts("scopes")), row.Text("remoteIp") ?? "this machine", When.Ago(row.Number("ts")),
            })]);
            terminal.Note("`appliance devices approve REQUEST` lets one in.");
        }
        if (paired.Length > 0)
        {
            terminal.WriteTable(["PAIRED", "ID", "ROLES", "CONNECTED", "TOKENS", "SINCE"], [.. paired.Select(row => new[]
            {
                NameOf(row), row.Text("deviceId") ?? "", string.Join(" ", row.Texts("roles")), row.Flag("connected") ? "yes" : "no",
                string.Join(" ", row.Items("tokens").Select(token => token.Text("role"))), When.At(row.Number("approvedAtMs")),
            })]);
        }
        if (pending.Length + paired.Length == 0) terminal.Note("No device waits and none is paired. Apps that connect with the gateway's token appear here.");
    }

    private static string NameOf(JsonElement row) => row.Text("displayName") ?? row.Text("clientId") ?? "-";

    private static Argument<string> Request() => new("request") { HelpName = "REQUEST", Description = "Its request, from `appliance devices list`." };

    private static Argument<string> Device() => new("device") { HelpName = "ID", Description = "Its id, from `appliance devices list`." };
}
