using System.CommandLine;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;

namespace Appliance.Commands.Hardware;

/// <summary><c>appliance hardware</c>: what is wired to the box.</summary>
internal static partial class HardwareCommand
{
    /// <summary>The command with all its subcommands.</summary>
    public static Command Create() => new("hardware", "What is wired to this box: list, read, set, watch, simulate, safe, i2c, spi, camera.")
    {
        ListCommand(), ReadCommand(), SetCommand(), WatchCommand(), SimulateCommand(), SafeCommand(), I2cCommand(), SpiCommand(), CameraCommand(),
    };

    private static Command ListCommand()
    {
        var found = new Option<bool>("--found") { Description = "What this machine has, named or not: nothing is taken or changed, and no gateway is needed." };
        var command = new Command("list", "List what has a name, with what pins and sensors are at.") { found };
        var gateway = new GatewayArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(found)) return ListFound(terminal, gateway.Json(parsed));
            await using var client = await gateway.ConnectAsync(parsed, cancellation, Scope.Read);
            var answer = await client.RequestAsync("hardware.list", cancellation: cancellation);
            if (gateway.Json(parsed)) terminal.WriteJson(answer);
            else Show(terminal, answer);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command ReadCommand() => GatewayRequest.Create("read", "Say what a pin or a sensor is at.", "hardware.read", Scope.Read, [Name(out var name)],
        (parsed, to) => to.Add("name", parsed.GetValue(name)), (_, terminal, answer) => terminal.WriteLine(answer.Text("state") ?? "unknown"));

    private static Command SetCommand()
    {
        var value = new Argument<string>("value") { HelpName = "VALUE", Description = "on, off, or 0 to 100 for what dims." };
        return GatewayRequest.Create("set", "Set a pin.", "hardware.set", Scope.Write, [Name(out var name), value],
            (parsed, to) => to.Add("name", parsed.GetValue(name)).Add("value", parsed.GetValue(value)), (_, terminal, answer) => terminal.WriteLine($"{answer.Text("name")} is {answer.Text("state")}"));
    }

    private static Command SimulateCommand()
    {
        var value = new Argument<string>("value") { HelpName = "VALUE", Description = "on, off or 0 to 100 for a pin, a number for a sensor, a line for a serial port, bytes in hexadecimal for a chip." };
        return GatewayRequest.Create("simulate", "Do what the world would, where hardware.simulate is set: press a button, make it warm, let bytes come.", "hardware.simulate", Scope.Admin, [Name(out var name), value],
            (parsed, to) => to.Add("name", parsed.GetValue(name)).Add("value", parsed.GetValue(value)), (parsed, terminal, _) => terminal.WriteLine($"{parsed.GetValue(name)} is {parsed.GetValue(value)}"));
    }

    private static Command WatchCommand()
    {
        var count = new Option<int?>("--count") { HelpName = "N", Description = "End after so many." };
        var command = new Command("watch", "Show what happens at pins, sensors and triggers, until Ctrl-C. --json prints a line an event.") { count };
        var gateway = new GatewayArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var terminal = Terminal.Of(parsed);
            await using var client = await gateway.ConnectAsync(parsed, cancellation, Scope.Read);
            long? after = null;
            for (var left = parsed.GetValue(count) ?? int.MaxValue; left > 0;)
            {
                var answer = await client.RequestAsync("hardware.events", to => to.Add("after", after), cancellation);
                after = answer.Number("last");
                foreach (var row in answer.Items("events").Take(left))
                {
                    if (gateway.Json(parsed)) terminal.Output.WriteLine(row.GetRawText());
                    else terminal.WriteLine($"{When.At(row.Number("ts"))}  {row.Text("kind"),-8}  {row.Text("name")}  {row.Text("value")}  {row.Text("detail")}".TrimEnd());
                    left--;
                }
                await terminal.Output.FlushAsync(cancellation);
            }
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Show(Terminal terminal, JsonElement answer)
    {
        if (answer.Flag("simulated")) terminal.Note("All of it is simulated (hardware.simulate).");
        var rows = answer.Items("pins").Select(pin => Row(pin, string.Join(' ', pin.Texts("allow")))).Concat(answer.Items("sensors").Select(sensor => Row(sensor, "read")))
            .Concat(answer.Items("buses").Concat(answer.Items("cameras")).Select(device => Row(device, string.Join(' ', device.Texts("allow"))))).ToArray();
        if (rows.Length == 0) terminal.Note("Nothing has a name yet. `appliance hardware list --found` shows what there is; the section hardware of appliance.json names it.");
        else terminal.WriteTable(["NAME", "STATE", "ALLOWED", "AT", "WHAT"], rows);

        static string[] Row(JsonElement row, string allowed) => [row.Text("name") ?? "", row.Text("state") ?? "", allowed, row.Text("at") ?? "", row.Text("fault") ?? row.Text("about") ?? ""];
    }

    private static Argument<string> Name(out Argument<string> name) => name = new Argument<string>("name") { HelpName = "NAME", Description = "Its name, from `appliance hardware list`." };
}
