using System.CommandLine;
using System.Text.Json;
using Appliance.Config;
using Appliance.Network.Tailscale;
using Models.Store;
using QRCoder;

namespace Appliance.Commands.Network;

/// <summary><c>appliance network</c>: how this gateway is reached from elsewhere.</summary>
internal static class NetworkCommand
{
    internal static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    /// <summary>The command, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home) => new("network", "How this gateway is reached and found from elsewhere: address, Tailscale, mDNS.") { StatusCommand(home), TailscaleCommand.Create(home), DiscoverCommand.Create(home) };

    private static Command StatusCommand(Func<string> home)
    {
        var command = new Command("status", "Show where the gateway listens, what may leave this machine, and how Tailscale is.") { Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var config = ConfigStore.Open(home());
            var (gateway, isOffline, mdns) = (config.Config.Gateway, Outbound.Of(config).Offline, config.Config.Discovery.Mdns.Mode.ToString().ToLowerInvariant());
            var report = await TailscaleReport.LookAsync(config.Config, await GatewayClaim.AskAsync(config.Home, cancellation), cancellation);
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(Json))
            {
                WriteJson(terminal, json =>
                {
                    json.WriteStartObject();
                    json.WriteString("bind", gateway.Bind);
                    json.WriteNumber("port", gateway.Port);
                    json.WriteBoolean("offline", isOffline);
                    json.WriteString("mdns", mdns);
                    json.WritePropertyName("tailscale");
                    TailscaleReportText.Write(report, json);
                    json.WriteEndObject();
                });
                return ExitCode.Ok;
            }
            terminal.WriteLine($"listens    {gateway.Bind}, port {gateway.Port}");
            terminal.WriteLine($"found      {(mdns == "off" ? "not by mDNS: discovery.mdns.mode is off" : isOffline ? "not by mDNS: offline mode is on" : $"by mDNS, {mdns}, as long as it runs")}");
            terminal.WriteLine($"offline    {(isOffline ? "yes: nothing leaves this machine" : "no")}");
            TailscaleReportText.Write(report, terminal);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Writes one object.</summary>
    internal static void WriteJson(Terminal terminal, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        terminal.WriteJson(JsonElement.Parse(buffer.ToArray()));
    }

    /// <summary>Shows an address as a picture that a phone reads.</summary>
    internal static void ShowQr(Terminal terminal, string address)
    {
        using var data = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.L);
        using var picture = new AsciiQRCode(data);
        terminal.Output.WriteLine(picture.GetGraphicSmall());
    }
}
