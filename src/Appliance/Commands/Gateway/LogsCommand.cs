using System.CommandLine;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods;
using Models.Store;

namespace Appliance.Commands.Gateway;

/// <summary><c>appliance logs</c>: what the gateway decided and why.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    public static Command Create(Func<string>? home = null)
    {
        var lines = new Option<int>("--lines", "-n") { Description = "At most so many lines, the latest.", HelpName = "N", DefaultValueFactory = _ => 100 };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what comes, until Ctrl-C." };
        var command = new Command("logs", "Show the gateway's log: who came, who was refused, what was approved. Where no gateway runs, it is read from the disk.") { lines, follow };
        var gateway = new GatewayArguments(command, home);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (terminal, count) = (Terminal.Of(parsed), Math.Clamp(parsed.GetValue(lines), 1, 5000));
            try
            {
                await using var client = await gateway.ConnectAsync(parsed, cancellation, Scope.Read);
                await TailAsync(client, count, parsed.GetValue(follow), Show, cancellation);
            }
            catch (GatewayClientException e) when (e.Code == GatewayClientException.NotRunning && !gateway.IsElsewhere(parsed) && !parsed.GetValue(follow))
            {
                var path = GatewayLog.PathIn(home?.Invoke() ?? HomeFolder.Path);
                foreach (var line in File.Exists(path) ? File.ReadLines(path).TakeLast(count) : []) Show(line);
            }
            return ExitCode.Ok;

            void Show(string line)
            {
                if (gateway.Json(parsed)) terminal.Output.WriteLine(line);
                else terminal.WriteLine(Format(line));
            }
        });
        return command;
    }

    private static async Task TailAsync(GatewayClient client, int count, bool follow, Action<string> show, CancellationToken cancellation)
    {
        long? cursor = null;
        while (true)
        {
            var known = cursor;
            var tail = await client.RequestAsync("logs.tail", to => to.Add("limit", known is null ? count : 5000).Add("cursor", known), cancellation);
            foreach (var line in tail.Texts("lines")) show(line);
            if (!follow) return;
            cursor = tail.Number("cursor");
            await Task.Delay(LookAgain, cancellation);
        }
    }

    /// <summary>A line for a person; one that is no JSON stays as it is.</summary>
    internal static string Format(string line)
    {
        try
        {
            var entry = JsonElement.Parse(line);
            return entry.Text("message") is { } message ? $"{entry.Text("time")}  {entry.Text("level"),-5}  {message}" : line;
        }
        catch (JsonException)
        {
            return line;
        }
    }
}
