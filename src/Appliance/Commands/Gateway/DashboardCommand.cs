using System.CommandLine;
using Appliance.Client;
using Appliance.Gateway.Identity;

namespace Appliance.Commands.Gateway;

/// <summary><c>appliance dashboard</c>: the address to open in a browser. Nothing is opened: the box may have no screen.</summary>
internal static class DashboardCommand
{
    public static Command Create(Func<string>? home = null)
    {
        var tokenFile = new Option<string?>("--token-file") { Description = $"File with the gateway's token, to put into the address; or set {SharedToken.Variable}.", HelpName = "PATH" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("dashboard", "Print the gateway's address for a browser, with the token in its fragment where it is given.") { tokenFile, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var place = home?.Invoke() ?? global::Models.Store.HomeFolder.Path;
            await using var client = await GatewayClient.ConnectAsync(GatewayTarget.Find(place, null, null), [Scope.Read], cancellation);
            var status = await GatewayStatus.AskAsync(client, cancellation);
            var token = TokenFile.Read(parsed.GetValue(tokenFile));
            // The part after # stays in the browser: it is not sent, and stands in no server's log.
            var address = $"{status.Address}/{(token is null ? "" : $"#token={Uri.EscapeDataString(token)}")}";
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(json)) terminal.Output.WriteLine($"{{\"url\":\"{address}\"}}");
            else terminal.WriteLine(address);
            if (token is null) terminal.Note("The gateway's token was shown when it was made and is kept as a hash; `appliance serve --new-token` makes another one.");
            return ExitCode.Ok;
        });
        return command;
    }
}
