using System.CommandLine;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;
using QRCoder;

namespace Appliance.Commands.People;

/// <summary><c>appliance qr</c>: a one-time code for a new device, as a picture that a phone reads.</summary>
internal static class QrCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var person = new Option<string?>("--person") { Description = "Whose device it will be; the owner's by default.", HelpName = "PERSON" };
        var profile = new Option<string?>("--profile") { Description = "limited (reads and writes alone), node (offers commands, no more), or operator (no node); without it a phone's app.", HelpName = "NAME" };
        profile.AcceptOnlyFromAmong("limited", "node", "operator");
        var url = new Option<string?>("--public-url") { Description = "Where the device will find this gateway, such as wss://box.example; by default the address it listens on.", HelpName = "URL" };
        var codeOnly = new Option<bool>("--setup-code-only") { Description = "Print the code alone, to be pasted." };
        var command = new Command("qr", "Make a code that lets one new device in, once, within ten minutes.") { person, profile, url, codeOnly };
        var gateway = new GatewayArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var client = await gateway.ConnectAsync(parsed, cancellation, Scope.Admin);
            var made = await client.RequestAsync("device.pair.setupCode", to => to
                .Add("person", parsed.GetValue(person)).Add("bootstrapProfile", parsed.GetValue(profile)).Add("publicUrl", parsed.GetValue(url)).Add("includeQr", false), cancellation);
            var terminal = Terminal.Of(parsed);
            if (gateway.Json(parsed)) terminal.WriteJson(made);
            else if (parsed.GetValue(codeOnly)) terminal.WriteLine(made.Text("setupCode") ?? "");
            else Show(terminal, made);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Shows a code that was made, as a picture and as text.</summary>
    public static void Show(Terminal terminal, JsonElement made)
    {
        Draw(terminal, made.Text("setupCode")!);
        terminal.WriteLine($"code    {made.Text("setupCode")}");
        terminal.WriteLine($"for     {made.Text("gatewayUrl")}, {made.Text("access")} access, good for ten minutes and one device");
    }

    /// <summary>Draws a text as a picture that a phone's camera reads.</summary>
    public static void Draw(Terminal terminal, string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        using var picture = new AsciiQRCode(data);
        terminal.Output.WriteLine(picture.GetGraphicSmall());
    }
}
