using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;
using Models;
using Models.Store;

namespace Appliance.Commands.Monitoring;

/// <summary><c>appliance profile</c>: where the running gateway's time goes, over a while: threads, steps of models, garbage collections, queue.</summary>
internal static class ProfileCommand
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    public static Command Create(Func<string>? home = null)
    {
        var duration = new Option<double>("--duration", "-d") { Description = "Seconds to look.", HelpName = "SECONDS", DefaultValueFactory = _ => 10 };
        duration.Validators.Add(result => { if (result.GetValueOrDefault<double>() is not (>= 0.2 and <= 3600)) result.AddError("--duration must be between 0.2 and 3600."); });
        var command = new Command("profile", "Show where the running gateway's time goes: processor time of its threads, steps of models, garbage collections, turns that wait.") { duration };
        var gateway = new GatewayArguments(command, home);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var client = await gateway.ConnectAsync(parsed, cancellation, Scope.Read);
            var terminal = Terminal.Of(parsed);
            if (terminal.Live) terminal.Note(string.Create(CultureInfo.InvariantCulture, $"looking for {parsed.GetValue(duration)} seconds …"));
            var report = ProfileReport.Of(await LookAsync(client, TimeSpan.FromSeconds(parsed.GetValue(duration)), cancellation));
            if (gateway.Json(parsed)) terminal.Output.WriteLine(JsonSerializer.Serialize(report, MonitoringJson.Default.ProfileReport));
            else Write(terminal, report);
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<IReadOnlyList<BoxSample>> LookAsync(GatewayClient client, TimeSpan duration, CancellationToken cancellation)
    {
        var looks = new List<BoxSample> { await OneAsync(threads: true) };
        var began = TimeProvider.System.GetTimestamp();
        while (duration - TimeProvider.System.GetElapsedTime(began) is var left && left > BetweenLooks)
        {
            await Task.Delay(BetweenLooks, cancellation);
            looks.Add(await OneAsync(threads: false));
        }
        await Task.Delay(duration - TimeProvider.System.GetElapsedTime(began) is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero, cancellation);
        looks.Add(await OneAsync(threads: true));
        // One process all the while, or the differences are of nothing.
        return looks.TrueForAll(look => look.Gateway!.Pid == looks[0].Gateway!.Pid) ? looks : throw new ModelException("The gateway was restarted meanwhile. Say this again.");

        async Task<BoxSample> OneAsync(bool threads) =>
            BoxSample.Of(await client.RequestAsync("appliance.snapshot", to => to.Add("threads", threads), cancellation));
    }

    private static void Write(Terminal terminal, ProfileReport report)
    {
        var seconds = report.DurationMs / 1000;
        Row("cpu", Text($"{report.CpuMs} ms in {seconds:0.0} s: {100.0 * report.CpuMs / report.DurationMs:0.0} % of one processor"));
        Row("steps", report.Steps == 0 ? "none: no model answered" : Text($"{report.Steps}, {report.StepMs / (double)report.Steps:0.00} ms each, {100.0 * report.StepMs / report.DurationMs:0.0} % of the time"));
        Row("tokens", Text($"{report.AnswerTokens / seconds:0.0}/s answered, {report.ComputedTokens / seconds:0.0}/s through the model"));
        Row("garbage", Text($"{report.Collections} collections, {report.PauseMs} ms paused, {ByteSize.Format(report.AllocatedBytes)} allocated"));
        Row("turns", Text($"{report.MeanRunning:0.00} running on average, {report.MostRunning} at most; {report.MeanWaiting:0.00} waiting, {report.MostWaiting} at most"));
        if (report.Threads.Count > 0)
        {
            terminal.WriteTable(["THREADS", "COUNT", "CPU", "OF ONE PROCESSOR"], [.. report.Threads.Select(thread => new[]
            {
                thread.Name, thread.Count.ToString(CultureInfo.InvariantCulture), Text($"{thread.CpuMs} ms"), Text($"{100.0 * thread.CpuMs / report.DurationMs:0.0} %"),
            })]);
        }

        void Row(string label, string value) => terminal.WriteLine($"{label,-10}  {value}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
