using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Appliance.Client;
using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Models;
using Models.Store;

namespace Appliance.Commands.Gateway;

/// <summary><c>appliance gateway</c>: the server's life: run, status, stop, restart.</summary>
internal static partial class GatewayCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Longer than a program needs from its end to its beginning.</summary>
    private static readonly TimeSpan GoneForGood = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>The command with all its subcommands, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home) =>
        new("gateway", "Run the server, ask how it is, stop it, restart it.") { ServeCommand.Create("run"), Status(home), Stop(home), Restart(home) };

    private static Command Status(Func<string> home)
    {
        var command = new Command("status", "Show the running gateway: process, address, version, model. Exits 3 where none runs.");
        var gateway = new GatewayArguments(command, home);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var client = await gateway.ConnectAsync(parsed, cancellation, Scope.Read);
            var status = await GatewayStatus.AskAsync(client, cancellation);
            var terminal = Terminal.Of(parsed);
            if (gateway.Json(parsed)) terminal.Output.WriteLine(status.ToJson());
            else Write(terminal, status);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write(Terminal terminal, GatewayStatus status)
    {
        Row("process", status.Pid is { } pid ? pid.ToString(CultureInfo.InvariantCulture) : "unknown");
        Row("address", status.Address);
        Row("version", status.Version);
        Row("uptime", When.Lasts(TimeSpan.FromMilliseconds(status.UptimeMs)));
        Row("model", status.Model is null ? "none installed" : $"{status.Model}, {(status.Loaded.Contains(status.Model) ? "loaded" : "not loaded")}");
        Row("sessions", string.Create(CultureInfo.InvariantCulture, $"{status.Sessions}, {status.ActiveTurns} turns running or waiting, {status.Clients} clients connected"));
        Row("resident", ByteSize.Format(status.ResidentBytes));

        void Row(string label, string value) => terminal.WriteLine($"{label,-10}  {value}");
    }

    private static Command Stop(Func<string> home)
    {
        var command = new Command("stop", "Stop the gateway that runs on this home: answers in progress get a second, then everything is closed.");
        command.SetAction(async (parsed, cancellation) =>
        {
            var terminal = Terminal.Of(parsed);
            var place = home();
            int pid;
            await using (var client = await ConnectAsync(place, cancellation))
            {
                pid = client.ServerPid ?? throw OutOfSight();
                // While the connection is open this is the process that the kernel named, and no later one of the same number.
                if (Kill(pid, Terminate) != 0) throw new ModelException($"Cannot stop process {pid}: it belongs to another user. Run this as that user.");
            }
            await UntilAsync(() => LocalSocket.IsFree(place), $"Process {pid} has been told to stop and still runs after {Patience.TotalSeconds:0} seconds. `kill -9 {pid}` ends it; what was acknowledged is on the disk.", cancellation);
            terminal.WriteLine($"stopped (process {pid})");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Restart(Func<string> home)
    {
        var command = new Command("restart", "Restart the gateway in its own process: same terminal or service, program and configuration of now.");
        var gateway = new GatewayArguments(command, home);
        command.SetAction(async (parsed, cancellation) =>
        {
            var target = gateway.Target(parsed);
            string? before;
            await using (var client = await GatewayClient.ConnectAsync(target, [Scope.Admin], cancellation))
            {
                before = client.Hello.Member("server").Text("bootId");
                await client.RequestAsync("gateway.restart.request", cancellation: cancellation);
                await client.ClosedAsync(cancellation);
            }
            GatewayStatus? status = null;
            var gone = new Stopwatch();
            await UntilAsync(
                async () =>
                {
                    if ((status = await AgainAsync(target, before, cancellation)) is not null) return true;
                    if (target.Socket is null || !LocalSocket.IsFree(target.Home)) gone.Reset();
                    else gone.Start();
                    if (gone.Elapsed > GoneForGood) throw new ModelException("The gateway has ended and does not come back. Its output says why; `appliance gateway run` starts it by hand.");
                    return false;
                },
                $"The gateway has been told to restart and does not answer after {Patience.TotalSeconds:0} seconds. Its output says why.", cancellation);
            var terminal = Terminal.Of(parsed);
            if (gateway.Json(parsed)) terminal.Output.WriteLine(status!.ToJson());
            else terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"restarted: process {status!.Pid}, version {status.Version}, {status.Address}"));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Task<GatewayClient> ConnectAsync(string home, CancellationToken cancellation) =>
        GatewayClient.ConnectAsync(GatewayTarget.Find(home, null, null), [Scope.Read], cancellation);

    /// <summary>How the gateway is, once it is another run than <paramref name="before"/>; null before that.</summary>
    private static async Task<GatewayStatus?> AgainAsync(GatewayTarget target, string? before, CancellationToken cancellation)
    {
        try
        {
            await using var client = await GatewayClient.ConnectAsync(target, [Scope.Read], cancellation);
            return client.Hello.Member("server").Text("bootId") == before ? null : await GatewayStatus.AskAsync(client, cancellation);
        }
        catch (GatewayClientException e) when (e.Code is GatewayClientException.NotRunning or GatewayClientException.Closed)
        {
            return null;
        }
    }

    private static Task UntilAsync(Func<bool> done, string otherwise, CancellationToken cancellation) => UntilAsync(() => Task.FromResult(done()), otherwise, cancellation);

    private static async Task UntilAsync(Func<Task<bool>> done, string otherwise, CancellationToken cancellation)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await done())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Patience) throw new ModelException(otherwise);
            await Task.Delay(LookAgain, cancellation);
        }
    }

    private static ModelException OutOfSight() => new("The gateway of this home runs where this program cannot see it, in another container perhaps. Stop it there.");

    private const int Terminate = 15;

    [System.Runtime.InteropServices.LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
