using System.CommandLine;
using Appliance.Client;
using Appliance.Commands.People;
using Appliance.Gateway.Identity;

namespace Appliance.Commands.Gateway;

/// <summary><c>appliance dashboard</c>: a link that opens the gateway's page and lets a browser in. Nothing is opened: the box may have no screen.</summary>
internal static class DashboardCommand
{
    public static Command Create(Func<string>? home = null)
    {
        var tokenFile = new Option<string?>("--token-file") { Description = $"File with the gateway's token, to put into the link in the place of a code; or set {SharedToken.Variable}.", HelpName = "PATH" };
        var person = new Option<string?>("--person") { Description = "Whose browser it will be; the owner's by default.", HelpName = "PERSON" };
        var url = new Option<string?>("--public-url") { Description = "Where the browser will find this gateway, such as https://box.example; by default the address it listens on.", HelpName = "URL" };
        var qr = new Option<bool>("--qr") { Description = "Show the link as a picture too, for a phone's camera." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("dashboard", "Print a link to the page on which a browser talks with this box. It lets one browser in, once, within ten minutes.") { person, url, qr, tokenFile, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var place = home?.Invoke() ?? global::Models.Store.HomeFolder.Path;
            await using var client = await GatewayClient.ConnectAsync(GatewayTarget.Find(place, null, null), [Scope.Admin], cancellation);
            var token = parsed.GetValue(person) is null ? TokenFile.Read(parsed.GetValue(tokenFile)) : null;
            var link = token is not null ? BrowserLink.WithToken(parsed.GetValue(url) ?? (await GatewayStatus.AskAsync(client, cancellation)).Address, token)
                : await BrowserLink.WithCodeAsync(client, parsed.GetValue(person), parsed.GetValue(url), cancellation);
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(json)) terminal.Output.WriteLine($"{{\"url\":\"{link.Url}\"{(link.ExpiresAtMs is { } end ? $",\"expiresAtMs\":{end}" : "")}}}");
            else terminal.WriteLine(link.Url);
            if (parsed.GetValue(qr)) QrCommand.Draw(terminal, link.Url);
            if (token is null) terminal.Note("Good for one browser, once, within ten minutes.");
            return ExitCode.Ok;
        });
        return command;
    }
}
