using System.CommandLine;
using System.Text;
using System.Text.Json;
using Appliance.Config;
using Appliance.Hosting.Offline;
using Models.Crypto;
using Models.Store;

namespace Appliance.Commands.Offline;

/// <summary><c>appliance offline</c>: whether nothing leaves this machine, tried out, and signed by the box; and what of the kernel keeps it.</summary>
internal static class OfflineCommand
{
    /// <summary>The command, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home)
    {
        var json = new Option<bool>("--json") { Description = "Print one object: the report as it was signed, the box's public key, and the signature." };
        var prove = new Command("prove", "Try every way out of this program, and print a signed report of what was tried and what left the box.") { json };
        prove.SetAction(async (parsed, cancellation) =>
        {
            var folder = home();
            var proof = await OfflineProof.MakeAsync(folder, Outbound.In(folder), TimeProvider.System, cancellation);
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(json))
            {
                // As text, so that the bytes that were signed are there to check.
                var report = Encoding.UTF8.GetString(proof.Report);
                using var buffer = new MemoryStream();
                using (var writer = new Utf8JsonWriter(buffer))
                {
                    var key = BoxKey.Open(folder);
                    writer.WriteStartObject();
                    writer.WriteString("report", report);
                    writer.WriteBase64String("public_key", key.PublicKey);
                    writer.WriteBase64String("signature", key.Sign(proof.Report));
                    writer.WriteEndObject();
                }
                terminal.WriteJson(JsonElement.Parse(buffer.ToArray()));
            }
            else
            {
                terminal.WriteTable(["WHAT", "HOW IT IS"], proof.Rows);
            }
            return proof.Holds ? ExitCode.Ok : ExitCode.Error;
        });
        return new Command("offline", "Offline mode: nothing leaves this machine (setting network.offline, or APPLIANCE_OFFLINE=1).") { prove, OfflineRulesCommands.Enforce(), OfflineRulesCommands.Release(), Try() };
    }

    private static Command Try()
    {
        var ports = new Argument<int[]>("ports");
        var command = new Command(WayOut.ChildCommand, "Tell what the kernel refuses this process.") { ports };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            foreach (var line in WayOut.Lines(parsed.GetValue(ports) ?? [])) parsed.InvocationConfiguration.Output.WriteLine(line);
            return ExitCode.Ok;
        });
        return command;
    }
}
