using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Models.Store;

namespace Appliance.Commands.Bench;

/// <summary><c>appliance bench</c>: what this box does with a model. Prefill and decode are measured apart, as llama-bench does.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var prompt = new Option<int>("--prompt", "-p") { Description = "Prompt tokens for the prefill.", HelpName = "N", DefaultValueFactory = _ => 512 };
        var generate = new Option<int>("--generate", "-g") { Description = "Tokens to decode.", HelpName = "N", DefaultValueFactory = _ => 128 };
        var rounds = new Option<int>("--rounds", "-r") { Description = "Repeat so often; the median counts.", HelpName = "N", DefaultValueFactory = _ => 5 };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        foreach (var option in new[] { prompt, generate, rounds })
            option.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError($"{option.Name} must be at least 1."); });
        var command = new Command("bench", "Measure what this box does with a model: load, prefill, decode, several answers at once, first token, memory, power.") { prompt, generate, rounds, json };
        var arguments = new GenerationArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var store = ConfiguredModels.In(HomeFolder.Path);
            var error = parsed.InvocationConfiguration.Error;
            var measurement = new BenchMeasurement(
                store, store.Get(arguments.Model(parsed)), arguments.Engine(parsed), line => { if (!Console.IsErrorRedirected) error.WriteLine(line); });
            var report = await measurement.RunAsync(parsed.GetValue(prompt), parsed.GetValue(generate), parsed.GetValue(rounds), cancellation);
            if (parsed.GetValue(json)) Console.Out.WriteLine(JsonSerializer.Serialize(report, BenchJson.Default.BenchReport));
            else Print(report);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(BenchReport report)
    {
        Line("model", report.Model);
        Line("load", $"{report.LoadMs:F0} ms");
        Line($"prefill {report.PromptTokens}", $"{report.PrefillTokensPerSecond:F1} tokens/s");
        Line($"decode {report.GeneratedTokens}", $"{report.DecodeTokensPerSecond:F1} tokens/s, {report.DraftedTokensPerSecond:F1} with guessing ahead");
        foreach (var (streams, rate) in report.Streams) Line($"{streams} at once", $"{rate:F1} tokens/s in all");
        Line("first token", $"{report.FirstTokenMs:F1} ms; of a known prompt {report.WarmFirstTokenMs:F1} ms, after a restart {report.RestoredFirstTokenMs:F1} ms");
        if (report.Watts is { } watts) Line("power", $"{watts:F1} W");
        Line("memory loaded", $"{report.LoadedBytes >> 20} MB");
        Line("memory peak", $"{report.PeakBytes >> 20} MB");
        foreach (var (model, context, bytes) in report.Fits)
            Line("fits", context is null ? $"{model}: no" : $"{model}: with {context:N0} tokens of context, at most {bytes >> 20} MB");
    }

    private static void Line(string name, string value) => Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-14} {value}"));
}
