using System.CommandLine;
using System.Globalization;
using Appliance.Client;

namespace Appliance.Commands.Monitoring;

/// <summary><c>appliance health</c>: whether the gateway answers, for scripts and people.</summary>
internal static class HealthCommand
{
    public static Command Create(Func<string>? home = null)
    {
        var command = new Command("health", "Ask the gateway whether it is well. Exits 0 where it is, 1 where it is not, 3 where none runs.");
        var gateway = new GatewayArguments(command, home);
        command.SetAction(async (parsed, cancellation) =>
        {
            var since = TimeProvider.System.GetTimestamp();
            await using var client = await gateway.ConnectAsync(parsed, cancellation);
            var health = await client.RequestAsync("health", cancellation: cancellation);
            var took = TimeProvider.System.GetElapsedTime(since);
            var (terminal, ok) = (Terminal.Of(parsed), health.Flag("ok"));
            if (gateway.Json(parsed)) terminal.WriteJson(health);
            else
            {
                terminal.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(ok ? "ok" : "not well")}: answered in {took.TotalMilliseconds:0} ms, {health.Member("sessions").Number("count") ?? 0} sessions"));
            }
            return ok ? ExitCode.Ok : ExitCode.Error;
        });
        return command;
    }
}
