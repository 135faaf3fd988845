using System.CommandLine;
using Appliance.Config;
using Appliance.Network.Discovery;

namespace Appliance.Commands.Network;

/// <summary><c>appliance network discover</c>: the gateways of this machine's networks.</summary>
internal static class DiscoverCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Func<string> home)
    {
        var timeout = new Option<double>("--timeout") { HelpName = "SECONDS", Description = "How long to listen; 2 by default.", DefaultValueFactory = _ => 2 };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.1 and <= 60)) result.AddError("--timeout takes seconds, from 0.1 to 60.");
        });
        var names = new Option<string[]>("--interface") { HelpName = "NAME", Description = "Ask by this interface, such as eth0; by all private networks by default." };
        var command = new Command("discover", "List gateways in this machine's networks that show themselves by mDNS. What they say of themselves is no proof.") { timeout, names, NetworkCommand.Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var terminal = Terminal.Of(parsed);
            var found = await LanSearch.AskAsync(Outbound.In(home()), parsed.GetValue(names) is { Length: > 0 } wanted ? wanted : null, TimeSpan.FromSeconds(parsed.GetValue(timeout)), cancellation);
            if (parsed.GetValue(NetworkCommand.Json)) NetworkCommand.WriteJson(terminal, json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("beacons");
                foreach (var gateway in found)
                {
                    json.WriteStartObject();
                    json.WriteString("instanceName", gateway.Instance.Labels[0]);
                    json.WriteString("displayName", gateway.Hint("displayName") ?? gateway.Instance.Labels[0]);
                    json.WriteString("host", gateway.Host);
                    json.WriteNumber("port", gateway.Port);
                    if (gateway.Address is { } address) json.WriteString("wsUrl", address);
                    json.WriteStartArray("addresses");
                    foreach (var one in gateway.Addresses) json.WriteStringValue(one.ToString());
                    json.WriteEndArray();
                    json.WriteStartObject("txt");
                    foreach (var hint in gateway.Hints.Select(hint => hint.Split('=', 2)).DistinctBy(hint => hint[0])) json.WriteString(hint[0], hint.Length > 1 ? hint[1] : "");
                    json.WriteEndObject();
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            });
            else if (found.Count == 0) terminal.Note("No gateway shows itself. One does where discovery.mdns.mode is minimal or full, and it is in the same network.");
            else terminal.WriteTable(["NAME", "ADDRESS", "HOST", "REACHABLE"], [.. found.Select(gateway => (string[])[gateway.Hint("displayName") ?? gateway.Instance.Labels[0], gateway.Address ?? "-", gateway.Host, gateway.Hint("gatewayDirectReachable") == "1" ? "yes" : "no: it listens on loopback"])]);
            return ExitCode.Ok;
        });
        return command;
    }
}
