using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;
using Models.Store;

namespace Appliance.Commands.Monitoring;

/// <summary><c>appliance monitor</c>: processors, memory, network, heat, tokens and sessions, as they are now.</summary>
internal static class MonitorCommand
{
    public static Command Create(Func<string>? home = null)
    {
        var interval = new Option<double>("--interval", "-i") { Description = "Seconds between looks.", HelpName = "SECONDS", DefaultValueFactory = _ => 1 };
        interval.Validators.Add(result => { if (result.GetValueOrDefault<double>() is not (>= 0.1 and <= 3600)) result.AddError("--interval must be between 0.1 and 3600."); });
        var once = new Option<bool>("--once") { Description = "One look, then end." };
        var command = new Command("monitor", "Watch processors, memory, network, heat, tokens per second and sessions, until Ctrl-C. --json prints a line a look.") { interval, once };
        var gateway = new GatewayArguments(command, home);
        command.SetAction(async (parsed, cancellation) =>
        {
            var terminal = Terminal.Of(parsed);
            await using var client = await TryConnectAsync(gateway, parsed, terminal, cancellation);
            var drawn = 0;
            var before = await LookAsync(client, cancellation);
            do
            {
                await Task.Delay(TimeSpan.FromSeconds(parsed.GetValue(interval)), cancellation);
                var after = await LookAsync(client, cancellation);
                var report = MonitorReport.Between(before, after);
                before = after;
                if (gateway.Json(parsed)) terminal.Output.WriteLine(JsonSerializer.Serialize(report, MonitoringJson.Default.MonitorReport));
                else if (terminal.Colours && !parsed.GetValue(once)) drawn = Draw(terminal, report, drawn);
                else foreach (var (label, value) in Rows(report)) terminal.WriteLine($"{label,-10}  {value}");
                await terminal.Output.FlushAsync(cancellation);
            }
            while (!parsed.GetValue(once));
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>The gateway, or null where none runs here: the machine can be watched without.</summary>
    private static async Task<GatewayClient?> TryConnectAsync(GatewayArguments gateway, ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return await gateway.ConnectAsync(parsed, cancellation, Scope.Read);
        }
        catch (GatewayClientException e) when (e.Code == GatewayClientException.NotRunning && !gateway.IsElsewhere(parsed))
        {
            terminal.Note("No gateway runs: this is the machine alone.");
            return null;
        }
    }

    private static async Task<BoxSample> LookAsync(GatewayClient? client, CancellationToken cancellation) =>
        client is null ? BoxSample.OfThisMachine() : BoxSample.Of(await client.RequestAsync("appliance.snapshot", cancellation: cancellation));

    /// <summary>Draws over what was drawn before; gives how many lines it is now.</summary>
    private static int Draw(Terminal terminal, MonitorReport report, int before)
    {
        if (before > 0) terminal.Output.Write(string.Create(CultureInfo.InvariantCulture, $"\e[{before}A"));
        var rows = Rows(report).ToArray();
        foreach (var (label, value) in rows) terminal.Output.WriteLine($"\e[K{terminal.Bold($"{label,-10}")}  {Terminal.Clean(value)}");
        terminal.Output.Write("\e[J");
        return rows.Length;
    }

    /// <summary>A report for a person.</summary>
    internal static IEnumerable<(string Label, string Value)> Rows(MonitorReport report)
    {
        yield return ("cpu", Text($"{report.CpuPercent,5:0.0} %  {Bar(report.CpuPercent)}"));
        var used = report.MemoryTotalBytes - report.MemoryAvailableBytes;
        yield return ("memory", Text($"{100.0 * used / Math.Max(1, report.MemoryTotalBytes),5:0.0} %  {Bar(100.0 * used / Math.Max(1, report.MemoryTotalBytes))}  {ByteSize.Format(report.MemoryAvailableBytes)} available of {ByteSize.Format(report.MemoryTotalBytes)}"));
        yield return ("network", Text($"{ByteSize.Format((long)report.ReceivedPerSecond)}/s in, {ByteSize.Format((long)report.SentPerSecond)}/s out"));
        var clock = report.Megahertz is { } megahertz ? Text($", {megahertz:0} MHz") : "";
        yield return ("heat", (report.Celsius is { } celsius ? Text($"{celsius:0.0} °C") : "the board does not say") + clock + (report.Throttled is { } held ? $", held back ({held})" : ""));
        if (report.BatteryPercent is { } percent) yield return ("battery", Text($"{percent} %, {(report.OnBattery == true ? "discharging" : "on mains")}"));
        if (report.Gateway is not { } gateway) yield break;
        yield return ("gateway", Text($"process {gateway.Pid}, {gateway.CpuPercent:0.0} % of the processors, {ByteSize.Format(gateway.ResidentBytes)} resident"));
        if (gateway.PowerReason is { } reason) yield return ("spared", Text($"level {gateway.PowerLevel} of 3: the machine {reason}"));
        if (gateway.Watts is { } watts) yield return ("power", Text($"{watts:0.0} W") + (gateway.JoulesPerToken is { } joules ? Text($", {joules:0.00} J a token of answers") : ""));
        yield return ("tokens", Text($"{gateway.TokensPerSecond:0.0}/s answered, {gateway.ComputedTokensPerSecond:0.0}/s through the model ({(gateway.LoadedModels.Count == 0 ? "none loaded" : string.Join(", ", gateway.LoadedModels))})"));
        yield return ("sessions", Text($"{gateway.Sessions}, {gateway.TurnsRunning} turns running, {gateway.TurnsWaiting} waiting, {gateway.Clients} clients"));
    }

    private static string Bar(double percent)
    {
        const int width = 20;
        var filled = Math.Clamp((int)Math.Round(percent * width / 100), 0, width);
        return $"[{new string('#', filled)}{new string('.', width - filled)}]";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
